"""What takes longest in making pages, taken from memory where it stands there: bodies as HTML, templates as code."""

from collections.abc import Callable

import jinja2
from jinja2.bccache import Bucket

from greenchannel.delivery.memory import Memory
from greenchannel.portal.plan import fingerprint
from greenchannel.portal.sanitising import Links, sanitised
from greenchannel.portal.wording import catalogue_bytes
from greenchannel.record.canonical import sha256

Render = Callable[[str, Links], str]


def remembering(memory: Memory, render: Render) -> Render:
    """The same renderer, which renders each body once. What it refuses is tried again with each run.

    Whoever shares a memory may have written anything into it: what comes from there is cleaned again, and is believed
    only if that changes nothing.
    """

    def remembered(text: str, links: Links = ()) -> str:
        key = f"body {fingerprint(text, links)}"
        if known := memory.recall((key,)).get(key):
            html = known.decode()
            if sanitised(html, links) == html:
                return html
        html = render(text, links)
        memory.keep(key, html.encode())
        return html

    return remembered


class CompiledTemplates(jinja2.BytecodeCache):
    """Templates as Python's byte code, with the words of a language. It is as trusted as they are, being programs."""

    def __init__(self, memory: Memory, language: str) -> None:
        self._memory, self._words = memory, f"{language} {sha256(catalogue_bytes(language))}"

    def load_bytecode(self, bucket: Bucket) -> None:
        if known := self._memory.recall((name := self._name(bucket),)).get(name):
            bucket.bytecode_from_string(known)  # It tells by itself whether it is of this text.

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._memory.keep(self._name(bucket), bucket.bytecode_to_string())

    def _name(self, bucket: Bucket) -> str:
        return f"template {self._words} {bucket.key}"
