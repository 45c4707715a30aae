"""Whatever a page may say has English words with the same places, and the catalogue says nothing else."""

import io
import re
import shutil
from pathlib import Path

import collecting
import pytest
from babel.messages.mofile import write_mo
from collecting import CATALOGUE, said, written

from greenchannel.domain.vocabulary import ReleaseType
from greenchannel.portal.wording import phrase, words

PLACE = re.compile(r"%\((\w+)\)\d*[sd]")


def english() -> dict[str, str]:
    return {str(one.id): str(one.string) for one in written(CATALOGUE, "en") if one.id}


def test_the_catalogue_has_what_is_said_and_nothing_else() -> None:
    assert set(english()) == set(said())


def test_every_text_has_english_words_with_the_same_places() -> None:
    wrong = [
        text for text, found in english().items() if not found or set(PLACE.findall(text)) != set(PLACE.findall(found))
    ]
    assert wrong == []


def test_english_words_hold_no_chinese_ones() -> None:
    beside = {"English": "中文"}  # The name of the other language, as it calls itself.
    found = {text: word for text, word in english().items() if re.search("[一-鿿（）：；，、《》]", word)}
    assert found == beside


def test_the_walk_finds_templates_code_terms_and_policies() -> None:
    found = set(said())
    assert {"跳到正文", "发布机构", ReleaseType.FACT.zh, "市人民政府政务舆情收集研判和回应流程"} <= found
    assert len(found) > 200


def test_the_compiled_catalogue_is_that_of_the_written_one() -> None:
    compiled = io.BytesIO()
    write_mo(compiled, written(CATALOGUE, "en"))
    assert CATALOGUE.with_suffix(".mo").read_bytes() == compiled.getvalue()


def test_a_text_is_said_in_the_language_with_its_values() -> None:
    assert phrase("zh", "第 %(number)s 版", number=2) == "第 2 版"
    assert phrase("en", "第 %(number)s 版", number=2) == "Version 2"
    assert phrase("en", "") == ""
    assert words("fr").gettext("首页") == "首页"


def test_renewing_keeps_words_drops_what_nobody_says_and_asks_for_what_is_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "portal.po"
    shutil.copy(CATALOGUE, copy)
    monkeypatch.setattr(collecting, "CATALOGUE", copy)
    assert collecting.renew() == []
    assert copy.read_bytes() == CATALOGUE.read_bytes()
    monkeypatch.setattr(collecting, "said", lambda: iter(("首页", "新的一句")))
    assert collecting.renew() == ["新的一句"]
    assert {str(one.id): str(one.string) for one in written(copy, "en") if one.id} == {"首页": "Home", "新的一句": ""}
