"""Many items -> lists of so many at most, in their order."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")


def batches(items: Iterable[Item], count: int) -> Iterator[list[Item]]:
    """As `itertools.batched`, which Python 3.11 does not have."""
    rest = iter(items)
    while batch := list(islice(rest, count)):
        yield batch
