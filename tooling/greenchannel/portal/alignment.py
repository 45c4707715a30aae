"""Which elements of two sequences belong together, at a price known beforehand.

The price of an alignment is the number of cells of its table, whatever stands in them: equal beginnings and ends are
free, what lies between costs its two lengths multiplied. Who cannot afford it takes what lies between as replaced.
"""

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

_SKIP_OLD, _SKIP_NEW, _PAIR = range(3)
Pair = tuple[int, int]


class Effort(Struct):
    """What is left to spend on one comparison."""

    left: int

    def affords(self, price: int) -> bool:
        if price > self.left:
            return False
        self.left -= price
        return True


def align(weigh: Callable[[int], Sequence[float]], rows: int, columns: int) -> Iterator[Pair]:
    """The pairs, in order, with the greatest sum of weights; 0 is no pair. `weigh` gives the weights of a row."""
    best = [0.0] * (columns + 1)
    choices: list[bytearray] = []
    for row in range(rows - 1, -1, -1):
        weights, below, best, choice = weigh(row), best, [0.0] * (columns + 1), bytearray(columns)
        for column in range(columns - 1, -1, -1):
            value, picked = below[column], _SKIP_OLD
            if best[column + 1] > value:
                value, picked = best[column + 1], _SKIP_NEW
            if weights[column] and weights[column] + below[column + 1] >= value:
                value, picked = weights[column] + below[column + 1], _PAIR
            best[column], choice[column] = value, picked
        choices.append(choice)
    row = column = 0
    while row < rows and column < columns:
        picked = choices[rows - 1 - row][column]
        if picked == _PAIR:
            yield row, column
        row, column = row + (picked != _SKIP_NEW), column + (picked != _SKIP_OLD)


def segments(old: Sequence[str], new: Sequence[str], effort: Effort) -> Iterator[tuple[slice, slice, slice]]:
    """What of `old` was removed, what of `new` stands in its place, and what of `old` follows that is equal in both."""
    done_old = done_new = 0
    for row, column, length in (*_runs(_equal(old, new, effort)), (len(old), len(new), 0)):
        yield slice(done_old, row), slice(done_new, column), slice(row, row + length)
        done_old, done_new = row + length, column + length


def _equal(old: Sequence[str], new: Sequence[str], effort: Effort) -> Iterator[Pair]:
    shorter = min(len(old), len(new))
    head = next((at for at in range(shorter) if old[at] != new[at]), shorter)
    tail = next((at for at in range(shorter - head) if old[-1 - at] != new[-1 - at]), shorter - head)
    rows, columns = len(old) - head - tail, len(new) - head - tail
    inner = new[head : head + columns]
    yield from ((at, at) for at in range(head))
    if effort.affords(rows * columns):
        found = align(lambda row: [float(old[head + row] == one) for one in inner], rows, columns)
        yield from ((head + row, head + column) for row, column in found)
    yield from ((len(old) - at, len(new) - at) for at in range(tail, 0, -1))


def _runs(pairs: Iterator[Pair]) -> list[tuple[int, int, int]]:
    """Neighbouring pairs as one run: where it begins in both, and its length."""
    runs: list[tuple[int, int, int]] = []
    for row, column in pairs:
        begun_row, begun_column, length = runs[-1] if runs else (0, 0, -1)
        if (row, column) == (begun_row + length, begun_column + length):
            runs[-1] = (begun_row, begun_column, length + 1)
        else:
            runs.append((row, column, 1))
    return runs
