"""A text is passed over only where no rule for private numbers could find one."""

from hypothesis import given
from hypothesis import strategies as st

from greenchannel.desk.rules import privacy

PATTERNS = (privacy._RESIDENT_ID, privacy._MOBILE, privacy._BANK_CARD)  # noqa: SLF001
WIDE = str.maketrans("0123456789Xx", "０１２３４５６７８９Ｘｘ")


@given(
    number=st.sampled_from(PATTERNS).flatmap(lambda one: st.from_regex(one, fullmatch=True)),
    wide=st.sets(st.integers(0, 30)),
    around=st.tuples(st.text(), st.text()),
)
def test_what_a_rule_would_find_is_looked_for(number: str, wide: set[int], around: tuple[str, str]) -> None:
    written = "".join(sign.translate(WIDE) if place in wide else sign for place, sign in enumerate(number))
    assert privacy._TELLING.search(around[0] + written + around[1])  # noqa: SLF001
