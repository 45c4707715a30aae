"""A comparison loses nothing, marks phrases and no confetti, and costs no more than the size of its texts allows."""

import random
from collections.abc import Iterable
from functools import partial
from itertools import pairwise

import jinja2
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from conftest import CHINA, REPOSITORY
from greenchannel.portal.alignment import Effort, align
from greenchannel.portal.comparison import (
    EFFORT,
    PARAGRAPH,
    Comparison,
    Entries,
    Mark,
    Passage,
    Piece,
    compare,
    passages,
)
from greenchannel.portal.sanitising import plain_text
from greenchannel.portal.wording import speak
from greenchannel.record.freeze import Frozen

BODY = st.text(st.sampled_from("甲乙丙丁。，12 a<&>\n"), max_size=60)
EFFORTS = st.sampled_from([0, 1, 20, 400, EFFORT])
NUMBERS = st.lists(st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=4, max_size=4), max_size=4)


def side(parts: Iterable[Passage], unwanted: Mark) -> str:
    """One of the two bodies: what is left without that mark."""
    kept = (one for one in parts if one.mark is not unwanted)
    return PARAGRAPH.join("".join(p.text for p in one.pieces if p.mark is not unwanted) for one in kept)


old_of, new_of = (partial(side, unwanted=one) for one in (Mark.ADDED, Mark.REMOVED))


def bodies(old: str, new: str, **fields: str) -> Comparison:
    return compare(Frozen({}, old), Frozen(dict(fields), new), {}, CHINA)


def marked(old: str, new: str) -> str:
    signs = {Mark.REMOVED: "[-{}-]", Mark.ADDED: "{{+{}+}}", Mark.SAME: "{}"}
    return "\n".join(
        "".join(signs[piece.mark].format(piece.text) for piece in one.pieces)
        for one in passages(old, new, Effort(EFFORT))
    )


@given(old=BODY, new=BODY, effort=EFFORTS)
@example(old="", new="\n\n\n\n", effort=EFFORT)
@example(old="甲\n\n\n\n乙", new="甲\n\n乙", effort=0)
def test_the_marks_give_back_both_texts(old: str, new: str, effort: int) -> None:
    found = tuple(passages(old, new, Effort(effort)))
    assert (old_of(found), new_of(found)) == (old, new)


@given(old=st.lists(BODY, max_size=12).map(PARAGRAPH.join), new=st.lists(BODY, max_size=12).map(PARAGRAPH.join))
def test_folding_loses_nothing(old: str, new: str) -> None:
    found = bodies(old, new).body
    assert old == new or (old_of(found), new_of(found)) == (old, new)


@given(body=BODY)
def test_equal_bodies_have_nothing_to_show(body: str) -> None:
    assert bodies(body, body) == Comparison((), ())


@given(old=BODY, new=BODY)
def test_only_a_pair_has_pieces_of_more_than_one_kind(old: str, new: str) -> None:
    found = passages(old, new, Effort(EFFORT))
    assert all({piece.mark for piece in one.pieces} <= {one.mark} for one in found if one.mark is not Mark.CHANGED)


@given(weights=NUMBERS)
def test_an_alignment_is_the_best_there_is(weights: list[list[float]]) -> None:
    def best(row: int, column: int) -> float:
        if row == len(weights) or column == 4:
            return 0.0
        paired = weights[row][column] + best(row + 1, column + 1)
        return max(best(row + 1, column), best(row, column + 1), paired)

    pairs = list(align(lambda row: weights[row], len(weights), 4))
    assert sum(weights[row][column] for row, column in pairs) == best(0, 0)
    assert all(a < c and b < d for (a, b), (c, d) in pairwise(pairs))


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("造成2人死亡、5人受伤。", "造成2人死亡、6人受伤。", "造成2人死亡、[-5-]{+6+}人受伤。"),
        ("过火面积约120平方米", "过火面积约130平方米", "过火面积约[-120-]{+130+}平方米"),
        ("9:31到场", "9:35到场", "[-9:31-]{+9:35+}到场"),
        ("原因正在调查。", "起火原因正在进一步调查。", "{+起火+}原因正在{+进一步+}调查。"),
        ("预计今晚恢复通行。", "道路已恢复通行。", "[-预计今晚-]{+道路已+}恢复通行。"),
        (
            "青年路水位正在下降，抽排工作正在进行。",
            "青年路积水已经排除，抽排工作已经结束。",
            "青年路[-水位正在下降-]{+积水已经排除+}，抽排工作[-正在进行-]{+已经结束+}。",
        ),
        (
            "有人员受伤，已送医救治，具体伤亡情况正在核实。",
            "明火已于9时扑灭，过火面积已核实。有人员受伤，已送医救治。",
            "{+明火已于9时扑灭，过火面积已核实。+}有人员受伤，已送医救治[-，具体伤亡情况正在核实-]。",
        ),
        ("一段。\n\n二段。", "一段。\n\n另起一段话。\n\n二段。", "一段。\n{+另起一段话。+}\n二段。"),
        ("现场已经封控。", "天气晴好无风", "[-现场已经封控。-]\n{+天气晴好无风+}"),
    ],
)
def test_marks_show_words_and_phrases(old: str, new: str, shown: str) -> None:
    assert marked(old, new) == shown


def test_a_changed_paragraph_finds_its_pair_beside_a_new_one() -> None:
    old = "受伤5人，均已送医。"
    new = "以下为最新情况通报。\n\n受伤6人，均已送医。"
    assert marked(old, new) == "{+以下为最新情况通报。+}\n受伤[-5-]{+6+}人，均已送医。"


def test_equal_paragraphs_away_from_a_change_are_folded() -> None:
    same = [f"第{one}段" + "内容" * 20 for one in "一二三四五"]
    shown = bodies(PARAGRAPH.join([*same, "甲方三人"]), PARAGRAPH.join([*same, "甲方四人"])).body
    assert [(one.mark, one.folded) for one in shown] == [
        (Mark.SAME, "4 段未改动（172 字），点击展开"),
        (Mark.SAME, ""),
        (Mark.CHANGED, ""),
    ]


def worded(entries: Entries) -> str:
    return "；".join("".join(one.text for one in pieces) for pieces in entries)


def fields(key: str, old: object, new: object) -> tuple[str, str, str]:
    before, after = (Frozen({key: value} if value else {}, "") for value in (old, new))  # type: ignore[dict-item]
    (found,) = compare(before, after, {"housing": "市住建局"}, CHINA).fields
    return found.label, worded(found.old), worded(found.new)


@pytest.mark.parametrize(
    ("key", "old", "new", "shown"),
    [
        ("title", "旧题", "新题", ("标题", "旧题", "新题")),
        ("department", "housing", "unknown", ("部门", "市住建局", "unknown")),
        ("held_at", None, "2026-11-20T09:00:00+00:00", ("召开时间", "", "2026-11-20 17:00")),
        ("held_at", "2026-11-20", "2026-11-21", ("召开时间", "2026-11-20", "2026-11-21")),
        ("verdict", "unverified", "true", ("核查结论", "核查中", "属实")),
        ("type", "fact", "response", ("类型", "事实发布", "回应")),
        ("final", None, True, ("终报", "", "是")),
        ("speakers", None, [{"name": "甲", "post": "局长"}], ("发布人", "", "甲（局长）")),
        ("attachments", None, [{"name": "图.png", "sha256": "0"}], ("附件", "", "图.png（SHA-256 0…）")),
        ("later", "1", "2", ("later", "1", "2")),
    ],
)
def test_a_field_is_shown_in_a_readers_words(key: str, old: object, new: object, shown: tuple[str, str, str]) -> None:
    assert fields(key, old, new) == shown


def test_an_attachment_that_did_not_change_is_not_marked_beside_one_that_did() -> None:
    def listed(*digests: str) -> Frozen:
        return Frozen({"attachments": [{"name": f"{at}.png", "sha256": one} for at, one in enumerate(digests)]}, "")

    (found,) = compare(listed("a", "b", "c"), listed("a", "x", "c", "d"), {}, CHINA).fields
    sides = ([one for entry in side for one in entry] for side in (found.old, found.new))
    assert [[(one.mark, one.text) for one in side if one.mark is not Mark.SAME] for side in sides] == [
        [(Mark.REMOVED, "1.png（SHA-256 b…）")],
        [(Mark.ADDED, "1.png（SHA-256 x…）"), (Mark.ADDED, "3.png（SHA-256 d…）")],
    ]
    assert worded(found.old) == "0.png（SHA-256 a…）；1.png（SHA-256 b…）；2.png（SHA-256 c…）"


def test_of_a_listed_sentence_the_words_are_marked_that_changed() -> None:
    old = Frozen({"confirmed": ["明火已扑灭。", "火灾造成2人死亡、5人受伤。"]}, "")
    new = Frozen({"confirmed": ["明火已扑灭。", "火灾造成2人死亡、6人受伤。", "道路已恢复通行。"]}, "")
    (found,) = compare(old, new, {}, CHINA).fields
    assert [[(one.mark, one.text) for one in entry] for entry in found.new] == [
        [(Mark.SAME, "明火已扑灭。")],
        [(Mark.SAME, "火灾造成2人死亡、"), (Mark.ADDED, "6"), (Mark.SAME, "人受伤。")],
        [(Mark.ADDED, "道路已恢复通行。")],
    ]
    assert worded(found.old) == "明火已扑灭。；火灾造成2人死亡、5人受伤。"


def test_a_glimpse_of_a_correction_is_its_summary_and_else_the_first_field() -> None:
    old = Frozen({"title": "甲", "summary": "乙"}, "")
    both = compare(old, Frozen({"title": "丙", "summary": "丁"}, ""), {}, CHINA)
    title = compare(old, Frozen({"title": "丙", "summary": "乙"}, ""), {}, CHINA)
    shown = [one.main_field() for one in (both, title, bodies("", ""))]
    assert [one.label if one else None for one in shown] == ["摘要", "标题", None]


@pytest.mark.parametrize(
    ("passage", "shown"),
    [
        (Passage(Mark.SAME, (Piece(Mark.SAME, "## 基本情况\n\n一段。"),)), [(True, "基本情况"), (False, "一段。")]),
        (Passage(Mark.CHANGED, (Piece(Mark.SAME, "## 基本"), Piece(Mark.ADDED, "情况"))), [(True, "基本情况")]),
        (Passage(Mark.CHANGED, (Piece(Mark.SAME, "## "), Piece(Mark.ADDED, "新题"))), [(True, "新题")]),
        (Passage(Mark.CHANGED, (Piece(Mark.ADDED, "## "), Piece(Mark.SAME, "题"))), [(False, "## 题")]),
        (Passage(Mark.SAME, (Piece(Mark.SAME, "#话题"),)), [(False, "#话题")]),
        (Passage(Mark.SAME, ()), []),
    ],
)
def test_a_heading_is_shown_without_its_signs(passage: Passage, shown: list[tuple[bool, str]]) -> None:
    parts = passage.paragraphs()
    assert [(one.is_heading, "".join(piece.text for piece in one.pieces)) for one in parts] == shown


@pytest.mark.parametrize("key", ["greenchannel", "id", "revision", "changes"])
def test_what_the_page_says_itself_is_no_change(key: str) -> None:
    assert compare(Frozen({key: "1"}, ""), Frozen({key: "2"}, ""), {}, CHINA).fields == ()


@given(old=BODY, new=BODY, title=st.text(st.sampled_from("<b>&\"'甲"), min_size=1))
def test_a_page_shows_every_sign_of_the_texts_and_takes_none_for_markup(old: str, new: str, title: str) -> None:
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(REPOSITORY / "templates"), autoescape=True)
    speak(environment, "zh")
    ui = environment.get_template("macros.html").make_module()
    found = bodies(old, new, title=title)
    pieces = [one.pieces for one in found.body] + [entry for one in found.fields for entry in one.new]
    words = "".join(one.text for part in pieces for one in part)
    html = "".join(str(getattr(ui, "pieces")(part)) for part in pieces)  # noqa: B009  # Macros have no types.
    shown = plain_text(html)
    for word in ("［删去", "［加入", "］"):
        shown = shown.replace(word, "")
    assert "".join(shown.split()) == "".join(words.split())


def hostile(seed: int, *alphabet: str, count: int) -> str:
    chance = random.Random(seed)  # noqa: S311  # Reproducible, not secret.
    return "".join(chance.choice(alphabet) for _ in range(count))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (hostile(1, "a", "b", "\n\n", count=130_000), hostile(2, "a", "b", "\n\n", count=130_000)),
        ("a\n\n" * 66_000, "b\n\n" * 66_000),
        (hostile(1, "的", "一", count=6_600), hostile(2, "的", "一", count=6_600)),
        ("[" * 20_000, "]" * 20_000),
        ("甲" + "1 " * 9_999, "乙" + " 1" * 9_999),
    ],
    ids=["paragraphs", "other-paragraphs", "characters", "one-word", "long-line"],
)
def test_what_is_too_dear_is_marked_whole_and_nothing_is_lost(old: str, new: str) -> None:
    found = tuple(passages(old, new, Effort(EFFORT)))
    assert (old_of(found), new_of(found)) == (old, new)
    assert sum(len(one.pieces) for one in found) < 10


def test_the_price_of_an_alignment_is_paid_before_it_is_made() -> None:
    effort = Effort(10)
    assert (effort.affords(11), effort.affords(10), effort.affords(1)) == (False, True, False)
