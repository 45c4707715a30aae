"""Templates say what they say, whether a phrase is put into them once or asked for by each page."""

import re
from functools import partial
from pathlib import Path

import jinja2
import pytest
from jinja2 import nodes

from conftest import REPOSITORY
from greenchannel.delivery import remembered
from greenchannel.delivery.memory import Memory
from greenchannel.delivery.remembered import CompiledTemplates
from greenchannel.portal import wording
from greenchannel.portal.theme import Theme, read_theme
from greenchannel.portal.wording import CHINESE, ENGLISH, speak

LANGUAGES = (CHINESE, ENGLISH)
VALUES = {"name": "<x>", "number": 2}
NOTICE = "可免费转载、摘编，须注明来源；更正、撤回的，请同样处理。"  # In English it ends in a blank.
WITH_PHRASES = (
    "{{ _('首页') }}",
    "{{- _('首页') -}}",
    f"{{{{ _('{NOTICE}') }}}}{{%- if number %}} 2{{% endif %}}",
    "{% autoescape false %}{{ _('首页') }}{{ name }}{% endautoescape %}",
    "{% set home %}{{ _('首页') }}{% endset %}{{ home }}{{ home|length }}",
    "{% filter upper %}{{ _('首页') }}{% endfilter %}",
    "{% macro _(text) %}[{{ text }}]{% endmacro %}{{ _('首页') }}",
    "{% set _ = name.upper %}{{ _() }}",
    "{% for _ in 'ab' %}{{ _ }}{% endfor %}{{ _('首页') }}",
    "{% raw %}{{ _('首页') }}{% endraw %}",
    "{{ \"{{ _('首页') }}\" }}",
    "{# {{ _('首页') }} #}",
    "{{ _('第 %(number)s 版', number=number) }}",
    "{{ _(name) }}{{ _('首页')|e }}{{ _('首页') ~ name }}",
)


def shown(environment: jinja2.Environment, template: str) -> str:
    return environment.from_string(template).render(VALUES)


def asking(language: str) -> jinja2.Environment:
    """In which a page asks for each phrase."""
    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    speak(environment, language)
    return environment


@pytest.fixture(scope="module")
def theme() -> Theme:
    return read_theme(REPOSITORY / "templates")


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_phrase_of_the_templates_is_what_a_page_would_be_told(theme: Theme, language: str) -> None:
    texts = [one.read_text("utf-8") for one in (REPOSITORY / "templates").rglob("*.html")]
    phrases = sorted({one for text in texts for one in re.findall(r"\{\{ _\('[^']*'\) \}\}", text)})
    assert len(phrases) > 100
    said, asked = theme.environments[language], asking(language)
    assert [shown(said, one) for one in phrases] == [shown(asked, one) for one in phrases]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", WITH_PHRASES)
def test_a_template_shows_what_it_would_if_it_asked(theme: Theme, language: str, template: str) -> None:
    assert shown(theme.environments[language], template) == shown(asking(language), template)


def test_a_page_asks_for_no_phrase_that_takes_no_value(theme: Theme) -> None:
    environment = theme.environments[ENGLISH]
    template = environment.from_string("{{ _('首页') }}")
    assert template.render(gettext=lambda _text: pytest.fail("asked")) == "Home"


def test_a_translation_with_a_percent_sign_is_left_to_the_page(theme: Theme, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wording, "phrase", lambda _language, _text: "100%%")
    tree = theme.environments[ENGLISH]._parse("{{ _('首页') }}", None, None)  # noqa: SLF001
    assert [type(one) for output in tree.find_all(nodes.Output) for one in output.nodes] == [nodes.Call]


def test_the_code_of_each_language_is_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "page.html").write_text("{{ _('首页') }}", "utf-8")
    (tmp_path / ".greenchannel").mkdir()

    def said(memory: Memory) -> list[str]:
        theme = read_theme(folder, partial(CompiledTemplates, memory))
        return [theme.environments[one].get_template("page.html").render() for one in LANGUAGES]

    with Memory(tmp_path, "maker") as memory:
        before = said(memory)
        monkeypatch.setattr(memory, "keep", lambda _name, _value: pytest.fail("compiled again"))
        assert said(memory) == before == ["首页", "Home"]


def test_with_other_words_templates_are_compiled_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "page.html").write_text("{{ _('首页') }}", "utf-8")
    (tmp_path / ".greenchannel").mkdir()
    with Memory(tmp_path, "maker") as memory:
        for words in ("one", "another"):
            monkeypatch.setattr(wording, "phrase", lambda _language, _text, words=words: words)
            monkeypatch.setattr(remembered, "catalogue_bytes", lambda _language, words=words: words.encode())
            theme = read_theme(folder, partial(CompiledTemplates, memory))
            assert theme.environments[ENGLISH].get_template("page.html").render() == words
