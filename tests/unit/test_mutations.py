"""Ten thousand changes to a small record, the same ones in every run: not one goes unnoticed."""

import json
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from greenchannel.record.canonical import canonical_json, sha256
from greenchannel.record.verification import verify
from small import FACT, Book, corrected

COUNTED = 10_000
SECOND = "2026/shili/fact-2"
IMAGE = f"2026/shili/attachments/{'a' * 64}.png"


@dataclass(frozen=True)
class Evidence:
    ledger: bytes
    checkpoint: bytes | None
    files: dict[str, bytes]

    @property
    def lines(self) -> list[bytes]:
        return self.ledger.splitlines(keepends=True)


Mutation = Callable[[random.Random, Evidence], Evidence]


def evidence() -> Evidence:
    book = Book()
    book.release(FACT)
    book.see(FACT.id)
    book.release(replace(FACT, id=SECOND, body="另文。"), {IMAGE: b"image"}, on_duty=True)
    book.see(SECOND)
    book.sign(SECOND)
    book.release(corrected(FACT))
    book.see(FACT.id, 2)
    book.withdraw(SECOND)
    return Evidence(book.ledger, book.checkpoint, book.files)


def flipped_byte(chance: random.Random, data: bytes) -> bytes:
    place = chance.randrange(len(data))
    return data[:place] + bytes([data[place] ^ chance.randrange(1, 256)]) + data[place + 1 :]


def flipped_bit(chance: random.Random, data: bytes) -> bytes:
    place = chance.randrange(len(data))
    return data[:place] + bytes([data[place] ^ 1 << chance.randrange(8)]) + data[place + 1 :]


def without_bytes(chance: random.Random, data: bytes) -> bytes:
    place = chance.randrange(len(data))
    return data[:place] + data[place + chance.randrange(1, 80) :]


def with_bytes(chance: random.Random, data: bytes) -> bytes:
    place = chance.randrange(len(data) + 1)
    return data[:place] + chance.randbytes(chance.randrange(1, 20)) + data[place:]


def zeroed(chance: random.Random, data: bytes) -> bytes:
    place, count = chance.randrange(len(data)), chance.randrange(1, 200)
    return data[:place] + bytes(len(data[place : place + count])) + data[place + count :]


def cut_anywhere(chance: random.Random, data: bytes) -> bytes:
    return data[: chance.randrange(len(data))]


def cut_at_a_line(chance: random.Random, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    return b"".join(lines[: chance.randrange(len(lines))])


def cut_near_a_line(chance: random.Random, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    end = len(b"".join(lines[: chance.randrange(1, len(lines) + 1)]))
    return data[: end + chance.choice((-2, -1, 1, 2))]


def dropped_lines(chance: random.Random, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    place = chance.randrange(len(lines))
    del lines[place : place + chance.randrange(1, 4)]
    return b"".join(lines)


def doubled_line(chance: random.Random, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    lines.insert(chance.randrange(len(lines) + 1), chance.choice(lines))
    return b"".join(lines)


def swapped_lines(chance: random.Random, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    one, other = chance.sample(range(len(lines)), 2)
    lines[one], lines[other] = lines[other], lines[one]
    return b"".join(lines)


def moved_line(chance: random.Random, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    line = lines.pop(chance.randrange(len(lines)))
    lines.insert(chance.randrange(len(lines) + 1), line)
    return b"".join(lines)


def edited_event(chance: random.Random, line: bytes) -> dict[str, Any]:
    """Another value of the same kind under one of its keys."""
    event: dict[str, Any] = json.loads(line)
    key = chance.choice(sorted(event))
    match event[key]:
        case bool() as flag:
            event[key] = not flag
        case int() as number:
            event[key] = number + chance.choice((-1, 1, 7))
        case str() as text:
            event[key] = text + chance.choice(("x", "。", "0"))
        case list() as items:
            event[key] = [] if items else [{"kind": "minor", "note": "。"}]
        case dict() as inner:
            event[key] = {**inner, "title": "另题"}
    return event


def edited_line(chance: random.Random, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    place = chance.randrange(len(lines))
    lines[place] = canonical_json(edited_event(chance, lines[place])) + b"\n"
    return b"".join(lines)


def edited_last_line(chance: random.Random, data: bytes) -> bytes:
    *before, last = data.splitlines(keepends=True)
    return b"".join(before) + canonical_json(edited_event(chance, last)) + b"\n"


def rechained(chance: random.Random, data: bytes, reach: int) -> bytes:
    """An edited line, with the digests of as many lines behind it made to fit."""
    lines = data.splitlines()
    place = chance.randrange(len(lines))
    lines[place] = canonical_json(edited_event(chance, lines[place]))
    for number in range(place + 1, min(place + 1 + reach, len(lines))):
        lines[number] = canonical_json({**json.loads(lines[number]), "prev": sha256(lines[number - 1])})
    return b"".join(line + b"\n" for line in lines)


def rechained_once(chance: random.Random, data: bytes) -> bytes:
    return rechained(chance, data, 1)


def rechained_to_the_end(chance: random.Random, data: bytes) -> bytes:
    return rechained(chance, data, len(data))


def in_ledger(change: Callable[[random.Random, bytes], bytes]) -> Mutation:
    return lambda chance, one: replace(one, ledger=change(chance, one.ledger))


def in_checkpoint(change: Callable[[random.Random, bytes], bytes]) -> Mutation:
    return lambda chance, one: replace(one, checkpoint=change(chance, one.checkpoint or b""))


def without_checkpoint(_chance: random.Random, one: Evidence) -> Evidence:
    return replace(one, checkpoint=None)


def in_file(change: Callable[[random.Random, bytes], bytes]) -> Mutation:
    def mutate(chance: random.Random, one: Evidence) -> Evidence:
        path = chance.choice(sorted(one.files))
        return replace(one, files={**one.files, path: change(chance, one.files[path])})

    return mutate


def without_file(chance: random.Random, one: Evidence) -> Evidence:
    path = chance.choice(sorted(one.files))
    return replace(one, files={key: value for key, value in one.files.items() if key != path})


def swapped_files(chance: random.Random, one: Evidence) -> Evidence:
    first, second = chance.sample(sorted(one.files), 2)
    return replace(one, files={**one.files, first: one.files[second], second: one.files[first]})


LEDGER_CHANGES = (
    flipped_byte,
    flipped_bit,
    without_bytes,
    with_bytes,
    zeroed,
    cut_anywhere,
    cut_at_a_line,
    cut_near_a_line,
    dropped_lines,
    doubled_line,
    swapped_lines,
    moved_line,
    edited_line,
    edited_last_line,
    rechained_once,
    rechained_to_the_end,
)
MUTATIONS: dict[str, Mutation] = {
    **{one.__name__: in_ledger(one) for one in LEDGER_CHANGES},
    **{f"checkpoint: {one.__name__}": in_checkpoint(one) for one in (flipped_byte, cut_anywhere, with_bytes)},
    "checkpoint: none": without_checkpoint,
    **{f"file: {one.__name__}": in_file(one) for one in (flipped_byte, cut_anywhere, with_bytes, zeroed)},
    "file: none": without_file,
    "file: swapped": swapped_files,
}


def test_the_record_before_any_change_is_sound() -> None:
    one = evidence()
    assert verify(one.ledger, one.checkpoint, one.files.get).problems == ()


def test_ten_thousand_changes_are_all_found() -> None:
    chance, sound = random.Random(4), evidence()  # noqa: S311  # The same changes in every run.
    counted, missed = Counter[str](), []
    while counted.total() < COUNTED:
        name = chance.choice(sorted(MUTATIONS))
        one = MUTATIONS[name](chance, sound)
        if one == sound:
            continue  # A line moved to where it stood is no change.
        counted[name] += 1
        if not verify(one.ledger, one.checkpoint, one.files.get).problems:
            missed.append((name, one))
    assert missed == []
    assert (counted.total(), set(counted)) == (COUNTED, set(MUTATIONS))
