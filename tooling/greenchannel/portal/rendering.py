"""The other end of `confinement`: the child process that turns bodies into HTML, and alone imports what that takes."""

import json
import math
import os
import resource
import signal
import sys
from typing import IO

from greenchannel.portal.confinement import ADDRESS_SPACE_BYTES, Message, encoded
from greenchannel.portal.markup import render_markdown
from greenchannel.portal.sanitising import Links


def main() -> int:
    """Answer bodies from standard input until it ends."""
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE_BYTES, ADDRESS_SPACE_BYTES))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then ends us.
    try:
        _write_message(sys.stdout.buffer, {"ready": True})
    except BrokenPipeError:  # Who started us is gone; Python would say so once more when it closes the pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    while (request := _read_message(sys.stdin.buffer)) is not None:
        signal.alarm(math.ceil(request["seconds"]) + 1)
        answer = _answer(request["text"], request["links"])
        signal.alarm(0)
        _write_message(sys.stdout.buffer, answer)
    return 0


def _answer(text: str, links: Links) -> Message:
    try:
        return {"html": render_markdown(text, links)}
    except (MemoryError, RecursionError):
        return {"reason": "memory"}
    except Exception as error:  # noqa: BLE001  # The parent raises it; here it would only be a dead child.
        return {"bug": f"{type(error).__name__}: {error}"}


def _write_message(pipe: IO[bytes], message: Message) -> None:
    pipe.write(encoded(message))
    pipe.flush()


def _read_message(pipe: IO[bytes]) -> Message | None:
    """Return the next message, or None when the other end is gone."""
    header = pipe.readline()
    if not header.endswith(b"\n"):
        return None
    length = int(header)
    data = pipe.read(length)
    if len(data) < length:
        return None
    message: Message = json.loads(data)
    return message


if __name__ == "__main__":
    sys.exit(main())
