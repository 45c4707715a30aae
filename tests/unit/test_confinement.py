import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from greenchannel.domain.errors import GreenchannelError
from greenchannel.portal import confinement
from greenchannel.portal.confinement import Renderer, UnrenderableError
from greenchannel.portal.markup import render_markdown

BRACKETS = "[" * 10_000


@pytest.fixture
def renderer() -> Iterator[Renderer]:
    with Renderer() as opened:
        yield opened


def child_of(renderer: Renderer) -> int:
    assert renderer.child_pid is not None
    return renderer.child_pid


def has_ended(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] == "Z"


def test_a_body_comes_out_as_it_would_in_process(renderer: Renderer) -> None:
    text = "## 节\n\n按照**《条例》**规定\u2028[x](https://example.org/)\n"
    assert renderer.render(text) == render_markdown(text)


def test_an_empty_body_is_rendered_as_nothing(renderer: Renderer) -> None:
    assert renderer.render("") == ""


def test_the_child_starts_with_the_first_body_and_stays(renderer: Renderer) -> None:
    assert renderer.child_pid is None
    renderer.render("一")
    first = child_of(renderer)
    renderer.render("二")
    assert child_of(renderer) == first


def test_ten_thousand_brackets_end_in_time_and_the_next_body_renders() -> None:
    with Renderer(limit_seconds=0.5) as renderer:
        renderer.render("一")
        started = time.monotonic()
        try:
            renderer.render(BRACKETS)
        except UnrenderableError as error:
            assert error.reason == "time"  # noqa: PT017  # Rendering within the limit is right, too.
        assert time.monotonic() - started < 2.0
        assert renderer.render("二") == "<p>二</p>"


def test_a_body_over_the_time_limit_is_refused() -> None:
    with Renderer(limit_seconds=0.01) as renderer, pytest.raises(UnrenderableError) as caught:
        renderer.render("- **a** [b](c)\n" * 5_000)
    assert caught.value.reason == "time"


def test_a_body_over_the_memory_limit_is_refused_and_the_next_one_renders() -> None:
    columns = "|a" * 9_000
    rule = "|-" * 9_000
    with Renderer(limit_seconds=60.0) as renderer:
        with pytest.raises(UnrenderableError) as caught:
            renderer.render(f"{columns}\n{rule}\n" + "|\n" * 60_000)
        assert caught.value.reason == "memory"
        assert renderer.render("二") == "<p>二</p>"


@pytest.mark.parametrize(
    "text",
    ["字" * 6_827, "a" * (20 * 1024 + 1), "一行\n" * 30_000, "a\n" * (100 * 1024) + "a"],
)
def test_a_body_over_the_size_limit_is_refused_without_a_child(renderer: Renderer, text: str) -> None:
    with pytest.raises(UnrenderableError) as caught:
        renderer.render(text)
    assert caught.value.reason == "size"
    assert renderer.child_pid is None


def test_a_line_at_the_limit_is_rendered(renderer: Renderer) -> None:
    assert renderer.render("a" * (20 * 1024)) == f"<p>{'a' * (20 * 1024)}</p>"


def test_after_the_child_is_killed_the_next_body_renders(renderer: Renderer) -> None:
    renderer.render("一")
    killed = child_of(renderer)
    os.kill(killed, signal.SIGKILL)
    assert renderer.render("二") == "<p>二</p>"
    assert child_of(renderer) != killed


def test_closing_ends_the_child() -> None:
    with Renderer() as renderer:
        renderer.render("一")
        pid = child_of(renderer)
    assert has_ended(pid)
    assert renderer.child_pid is None


def test_a_child_whose_parent_is_gone_before_it_is_ready_says_nothing_to_anybody() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-P", "-m", "greenchannel.portal.rendering"]
    with os.fdopen(writing, "wb") as pipe:
        ended = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=pipe,
            stderr=subprocess.PIPE,
            env={one: value for one, value in os.environ.items() if one != "PYTHONUNBUFFERED"},
            check=False,
        )
    assert (ended.returncode, ended.stderr) == (0, b"")


def test_the_child_ends_when_its_parent_is_killed() -> None:
    script = (
        "import os, signal\n"
        "from greenchannel.portal.confinement import Renderer\n"
        "renderer = Renderer()\n"
        "renderer.render('x')\n"
        "print(renderer.child_pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    root = str(Path(confinement.__file__).parents[2])
    parent = subprocess.run(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": root},
        timeout=60,
        check=False,
    )
    pid = int(parent.stdout)
    deadline = time.monotonic() + 5
    while not has_ended(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert has_ended(pid)


def test_a_child_that_cannot_start_is_not_the_bodys_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with Renderer() as renderer, pytest.raises(GreenchannelError) as caught:
        renderer.render("一")
    assert not isinstance(caught.value, UnrenderableError)
