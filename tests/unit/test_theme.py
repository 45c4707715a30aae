"""Templates say what they say, whether a phrase is put into them once or asked for by each page."""

import gettext
import re
from functools import partial
from pathlib import Path

import jinja2
import pytest

from conftest import REPOSITORY
from greenchannel.delivery.memory import Memory
from greenchannel.delivery.remembered import CompiledTemplates
from greenchannel.portal import wording
from greenchannel.portal.theme import read_theme
from greenchannel.portal.wording import CHINESE, ENGLISH, speak, spoken

LANGUAGES = (CHINESE, ENGLISH)


def asked(template: str, language: str) -> str:
    """What a page shows that asks for each phrase."""
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    speak(environment, language)
    return environment.from_string(template).render(name="<x>", number=2)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_phrase_of_the_templates_is_what_a_page_would_be_told(language: str) -> None:
    texts = [one.read_text("utf-8") for one in (REPOSITORY / "templates").rglob("*.html")]
    phrases = sorted({one for text in texts for one in re.findall(r"\{\{ _\('[^']*'\) \}\}", text)})
    assert len(phrases) > 100
    assert [asked(spoken(one, language), language) for one in phrases] == [asked(one, language) for one in phrases]


def test_a_phrase_is_said_in_the_template_itself() -> None:
    assert [spoken("<p>{{ _('首页') }}</p>", one) for one in LANGUAGES] == ["<p>首页</p>", "<p>Home</p>"]


@pytest.mark.parametrize("text", ["{{ _('第 %(number)s 版', number=number) }}", "{{ name|e }}", "{{ _(name) }}"])
def test_what_needs_a_value_is_left_to_the_page(text: str) -> None:
    assert spoken(text, ENGLISH) == text


@pytest.mark.parametrize("word", ["100%%", "{{ name }}", "{% raw %}", "a}b"])
def test_a_translation_that_means_something_to_a_template_is_left_to_the_page(
    word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = gettext.NullTranslations()
    monkeypatch.setattr(words, "gettext", lambda _text: word)
    monkeypatch.setattr(wording, "words", lambda _language: words)
    assert spoken("{{ _('首页') }}", ENGLISH) == "{{ _('首页') }}"


def test_the_code_of_each_language_is_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "page.html").write_text("{{ _('首页') }}", "utf-8")
    (tmp_path / ".greenchannel").mkdir()

    def shown(memory: Memory) -> list[str]:
        theme = read_theme(folder, partial(CompiledTemplates, memory))
        return [theme.environments[one].get_template("page.html").render() for one in LANGUAGES]

    with Memory(tmp_path, "maker") as memory:
        before = shown(memory)
        monkeypatch.setattr(memory, "keep", lambda _name, _value: pytest.fail("compiled again"))
        assert shown(memory) == before == ["首页", "Home"]
