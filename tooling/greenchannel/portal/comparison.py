"""Two frozen texts -> what a reader needs to see of the difference.

The rules, in order:

1. Public front-matter fields that differ stand old beside new; in a title or a sentence the changed words are marked,
   in a list the entries, and in an entry that says nearly the same its words.
2. The body is aligned by paragraphs. Equal ones are kept; of those between them, the most alike become pairs.
3. In a pair, characters are aligned; a number or a Latin word counts as one. A few characters between two changes that
   are no shorter are taken into the change, so that marks show phrases and no confetti; a clause is kept.
4. Equal paragraphs that do not touch a change are folded.

The work is bounded by the size of the texts: all alignments share `EFFORT`, and what cannot be afforded is marked
whole, paragraph by paragraph. No text is lost: without what was added the passages give the old body back, without
what was removed the new one.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timezone
from enum import StrEnum

from msgspec import Struct

from greenchannel.desk.schema import CHINESE_NAMES
from greenchannel.domain.moment import Day, read_moment
from greenchannel.domain.vocabulary import HearingAccess, ReleaseType, Verdict
from greenchannel.portal.alignment import Effort, Pair, align, segments
from greenchannel.record.freeze import Entry, Frozen, Value

EFFORT = 4_000_000  # cells; about a second
PARAGRAPH = "\n\n"
_ALIKE = 0.5  # the share of common words from which one paragraph counts as the new version of another
_GAP = 4  # equal characters between two changes that no reader takes for a clause
_SHOWN = 120  # equal characters that are not worth folding
_TOKEN = re.compile(r"[0-9]+(?:[.,:][0-9]+)*|[A-Za-z]+|\s+|.[\u0300-\u036f\ufe00-\ufe0f]*", re.DOTALL)
_HEADING = re.compile(r"#{1,6} +")
_APART = {"greenchannel", "id", "revision", "changes"}  # The page says these in its own words.
_WORDED = {"title", "summary", "late_reason", "venue", "moderator", "media_contact", "claim", "claim_source"}
_TIMES = {"deadline", "starts_at", "held_at", "result_due", "claim_seen_at"}


class Mark(StrEnum):
    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"
    CHANGED = "changed"  # of a passage whose pieces say what was changed in it


class Piece(Struct, frozen=True):
    mark: Mark
    text: str


Entries = tuple[tuple[Piece, ...], ...]


class Passage(Struct, frozen=True):
    """One paragraph, or several that share a mark. `folded` says how much is put away, empty where all is shown."""

    mark: Mark
    pieces: tuple[Piece, ...]
    folded: str = ""

    def paragraphs(self) -> Iterator["Paragraph"]:
        """As readers see them."""
        if len(self.pieces) == 1:
            (whole,) = self.pieces
            yield from (_paragraph((Piece(whole.mark, text),)) for text in whole.text.split(PARAGRAPH))
        elif self.pieces:
            yield _paragraph(self.pieces)


class Paragraph(Struct, frozen=True):
    """A heading is told by its look, without the signs that make it one in Markdown."""

    is_heading: bool
    pieces: tuple[Piece, ...]


class FieldChange(Struct, frozen=True):
    """Both sides entry by entry, which is one unless the field is a list; none where the field was absent."""

    label: str
    old: Entries
    new: Entries


class Comparison(Struct, frozen=True):
    """`body` is empty where the bodies are equal."""

    fields: tuple[FieldChange, ...]
    body: tuple[Passage, ...]

    def main_field(self) -> FieldChange | None:
        """The one that tells most in few words."""
        return min(self.fields, key=lambda one: one.label != CHINESE_NAMES["summary"], default=None)


def compare(old: Frozen, new: Frozen, names: Mapping[str, str], zone: timezone) -> Comparison:
    """`names` are those of what the fields name by its id: departments, experts, releases."""
    effort = Effort(EFFORT)
    fields = tuple(_fields(old, new, names, zone, effort))
    body = tuple(_folded(tuple(passages(old.body, new.body, effort)))) if old.body != new.body else ()
    return Comparison(fields, body)


def passages(old: str, new: str, effort: Effort) -> Iterator[Passage]:
    """Both bodies in the order in which they are read, what was removed before what stands in its place."""
    paragraphs_old, paragraphs_new = old.split(PARAGRAPH), new.split(PARAGRAPH)
    for removed, added, same in segments(paragraphs_old, paragraphs_new, effort):
        yield from _replaced(paragraphs_old[removed], paragraphs_new[added], effort)
        yield from _whole(Mark.SAME, paragraphs_old[same])


def _replaced(old: Sequence[str], new: Sequence[str], effort: Effort) -> Iterator[Passage]:
    done_old = done_new = 0
    for at_old, at_new in (*_pairs(old, new, effort), (len(old), len(new))):
        yield from _whole(Mark.REMOVED, old[done_old:at_old])
        yield from _whole(Mark.ADDED, new[done_new:at_new])
        if at_old < len(old):
            yield Passage(Mark.CHANGED, tuple(_pieces(old[at_old], new[at_new], effort)))
        done_old, done_new = at_old + 1, at_new + 1


def _pairs(old: Sequence[str], new: Sequence[str], effort: Effort) -> Iterator[Pair]:
    words_old, words_new = ([set(_TOKEN.findall(one)) for one in side] for side in (old, new))
    if not effort.affords(sum(len(one) + 1 for one in words_old) * len(new)):
        return

    def alike(row: int) -> list[float]:
        mine = words_old[row]
        shares = (2 * len(mine & other) / (len(mine) + len(other) or 1) for other in words_new)
        return [share if share >= _ALIKE else 0.0 for share in shares]

    yield from align(alike, len(old), len(new))


def _pieces(old: str, new: str, effort: Effort) -> Iterator[Piece]:
    tokens_old, tokens_new = _TOKEN.findall(old), _TOKEN.findall(new)
    merged: list[tuple[str, str, str]] = []
    for gone, come, kept in segments(tokens_old, tokens_new, effort):
        removed, added, same = ("".join(one) for one in (tokens_old[gone], tokens_new[come], tokens_old[kept]))
        while merged and len(merged[-1][2]) <= min(max(map(len, merged[-1][:2])), max(len(removed), len(added)), _GAP):
            before_old, before_new, between = merged.pop()
            removed, added = before_old + between + removed, before_new + between + added
        merged.append((removed, added, same))
    for parts in merged:
        pieces = zip((Mark.REMOVED, Mark.ADDED, Mark.SAME), parts, strict=True)
        yield from (Piece(mark, text) for mark, text in pieces if text)


def _paragraph(pieces: tuple[Piece, ...]) -> Paragraph:
    """Of a heading whose rank was changed the signs are the change: they stay."""
    first, *others = pieces
    sign = _HEADING.match(first.text)
    if not sign or (others and first.mark is not Mark.SAME) or any("\n" in one.text for one in pieces):
        return Paragraph(is_heading=False, pieces=pieces)
    named = Piece(first.mark, first.text[sign.end() :])
    return Paragraph(is_heading=True, pieces=(named, *others) if named.text else tuple(others))


def _whole(mark: Mark, paragraphs: Sequence[str], folded: str = "") -> Iterator[Passage]:
    if paragraphs:
        text = PARAGRAPH.join(paragraphs)
        yield Passage(mark, (Piece(mark, text),) if text else (), folded)


def _folded(every: Sequence[Passage]) -> Iterator[Passage]:
    """Of equal paragraphs, those that touch a change stay in sight."""
    for number, one in enumerate(every):
        if one.mark is not Mark.SAME:
            yield one
            continue
        paragraphs = "".join(piece.text for piece in one.pieces).split(PARAGRAPH)
        begin, end = int(number > 0), len(paragraphs) - int(number < len(every) - 1)
        size = sum(map(len, paragraphs[begin:end]))
        if size <= _SHOWN:
            yield one
        else:
            yield from _whole(Mark.SAME, paragraphs[:begin])
            yield from _whole(Mark.SAME, paragraphs[begin:end], f"{end - begin} 段未改动（{size} 字），点击展开")
            yield from _whole(Mark.SAME, paragraphs[end:])


def _fields(
    old: Frozen, new: Frozen, names: Mapping[str, str], zone: timezone, effort: Effort
) -> Iterator[FieldChange]:
    for key in dict.fromkeys((*old.fields, *new.fields)):
        before, after = old.fields.get(key), new.fields.get(key)
        if key in _APART or before == after or (key == "translations" and _languages(before) == _languages(after)):
            continue  # A translation is frozen anew with each revision, whether its words changed or not.
        if any(isinstance(one, (list, dict)) for one in (before, after)):
            worded = all(isinstance(one, str) for side in (before, after) if isinstance(side, list) for one in side)
            matched = _matched(_entries(key, before, zone), _entries(key, after, zone), effort, worded=worded)
            yield _change(key, tuple(matched))
            continue
        words = (_shown(key, before, names, zone), _shown(key, after, names, zone))
        if key in _WORDED:
            pieces = tuple(_pieces(*words, effort))
        else:
            pieces = tuple(Piece(mark, text) for mark, text in zip((Mark.REMOVED, Mark.ADDED), words, strict=True))
        yield _change(key, (pieces,))


def _change(key: str, entries: Entries) -> FieldChange:
    old, new = (
        tuple(tuple(one for one in pieces if one.text and one.mark is not unwanted) for pieces in entries)
        for unwanted in (Mark.ADDED, Mark.REMOVED)
    )
    return FieldChange(CHINESE_NAMES.get(key, key), tuple(filter(None, old)), tuple(filter(None, new)))


def _languages(value: Value) -> list[str]:
    listed = value if isinstance(value, Sequence) and not isinstance(value, str) else ()
    return [str(one["language"]) for one in listed if isinstance(one, Mapping)]


def _shown(key: str, value: Value, names: Mapping[str, str], zone: timezone) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    text = str(value)
    if key in _TIMES:
        moment = read_moment(text, zone)
        return str(moment) if isinstance(moment, Day) else f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"
    if key == "type":
        return ReleaseType(text).zh
    return Verdict(text).zh if key == "verdict" else names.get(text, text)


def _entries(key: str, value: Value, zone: timezone) -> list[str]:
    """Of a mapping, each key with its value."""
    if isinstance(value, dict):
        return [f"{CHINESE_NAMES.get(inner, inner)}：{_shown(inner, one, {}, zone)}" for inner, one in value.items()]
    if key == "hearing_access" and isinstance(value, list):
        return [HearingAccess(one).zh for one in value]
    return [_entry(one) for one in value] if isinstance(value, list) else []


def _matched(
    old: Sequence[str], new: Sequence[str], effort: Effort, *, worded: bool
) -> Iterator[tuple[Piece, ...]]:
    """Every entry of both lists, once where it stands in both; a sentence and its new version are one."""
    for removed, added, same in segments(old, new, effort):
        gone, come = old[removed], new[added]
        done_old = done_new = 0
        for at_old, at_new in (*(_pairs(gone, come, effort) if worded else ()), (len(gone), len(come))):
            yield from ((Piece(Mark.REMOVED, one),) for one in gone[done_old:at_old])
            yield from ((Piece(Mark.ADDED, one),) for one in come[done_new:at_new])
            if at_old < len(gone):
                yield tuple(_pieces(gone[at_old], come[at_new], effort))
            done_old, done_new = at_old + 1, at_new + 1
        yield from ((Piece(Mark.SAME, one),) for one in old[same])


def _entry(entry: Entry) -> str:
    """A new file under the same name differs in its digest alone."""
    match entry:
        case str():
            return entry
        case {"platform": platform, "url": url}:
            return f"{platform}（{url}）"
        case {"name": name, "post": post}:
            return f"{name}（{post}）"
        case {"name": name, "sha256": str(digest)}:
            return f"{name}（SHA-256 {digest[:16]}…）"
        case _:
            return str(next(iter(entry.values())))
