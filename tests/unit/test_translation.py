"""Whatever a person may read has Chinese words, with the same places to fill in."""

import ast
import inspect
import io
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import click
import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from click.testing import CliRunner

from greenchannel import translation
from greenchannel.cli import cli
from greenchannel.desk.rules import ALL_RULES
from greenchannel.inspection import table
from greenchannel.record import refusals

FOLDER = translation.LOCALE / "zh" / "LC_MESSAGES"
CODE = Path(translation.__file__).parent


EXCEPTIONS = {"GreenchannelError", "SettingsError", "TargetError", "UnknownReleaseError", "RecordDamagedError"}


def called() -> Iterator[str]:
    """The first texts of message(...), translate(...) and our exceptions, also behind a name or a choice of two."""
    for path in sorted(CODE.rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        named = {
            target.id: one.value
            for one in ast.walk(tree)
            if isinstance(one, ast.Assign)
            for target in one.targets
            if isinstance(target, ast.Name)
        }
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and call.args:
                name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
                if name in {"message", "translate", "__init__"} or name in EXCEPTIONS:
                    first = call.args[0]
                    yield from texts(named.get(first.id, first) if isinstance(first, ast.Name) else first)


def texts(value: ast.expr) -> Iterator[str]:
    if isinstance(value, ast.IfExp):
        yield from texts(value.body)
        yield from texts(value.orelse)
    elif isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value


def helps(command: click.Command) -> Iterator[str]:
    options = (one.help for one in command.params if isinstance(one, click.Option))
    yield from (inspect.cleandoc(one) for one in (command.help, *options) if one)
    if isinstance(command, click.Group):
        for one in command.commands.values():
            yield from helps(one)


MANUALS = [
    *(inspect.cleandoc(rule.check.__doc__ or "") for rule in ALL_RULES),
    *refusals.MANUALS.values(),
    *table.manuals().values(),
]


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def chinese() -> dict[str, str]:
    with (FOLDER / "greenchannel.po").open("rb") as file:
        return {str(one.id): str(one.string) for one in read_po(file, locale="zh") if isinstance(one.id, str)}


@pytest.mark.parametrize("text", sorted({*called(), *helps(cli), *MANUALS}))
def test_every_text_has_chinese_words_with_the_same_places(text: str) -> None:
    translated = chinese().get(text)
    assert translated
    assert places(translated) == places(text)


def test_the_walk_finds_texts() -> None:
    assert len(set(called())) > 100
    assert "did you mean {suggestion}?" in set(called())
    assert any(text.startswith("would publish") for text in called())


def test_the_compiled_catalogue_is_that_of_the_written_one() -> None:
    compiled = io.BytesIO()
    with (FOLDER / "greenchannel.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale="zh"))
    assert (FOLDER / "greenchannel.mo").read_bytes() == compiled.getvalue()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--help"], ["用法：", "命令", "显示本说明并退出。", "列出待回应公众的事项"]),
        (["--lang", "en", "--help"], ["Usage:", "Commands", "Show this message and exit.", "The newsroom's folder."]),
        (["--lang=zh", "due", "--help"], ["用法：", "连同已完成的事项一并列出。"]),
        (["--lang=en", "due", "--help"], ["Usage:", "Show what was met, too."]),
        (["approve"], ["错误：", "缺少参数"]),
        (["--lang=en", "approve"], ["Error:", "Missing argument"]),
    ],
)
def test_help_and_usage_errors_speak_the_language_asked_for(
    arguments: list[str], words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GREENCHANNEL_LANG", raising=False)
    monkeypatch.setenv("LANGUAGE", "en")  # Set back afterwards, whatever the call makes of it.
    output = CliRunner().invoke(cli, arguments).output
    assert [word for word in words if word not in output] == []


def test_the_environment_chooses_the_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "zh")
    monkeypatch.setenv("GREENCHANNEL_LANG", "en")
    assert "Usage:" in CliRunner().invoke(cli, ["--help"]).output
