"""JSON-LD: valid whatever the texts hold, never the end of its element, and nothing that the page does not say."""

import json
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from greenchannel.portal.structured_data import as_data_block

HOSTILE = st.one_of(
    st.text(),
    st.lists(
        st.sampled_from(
            ["</script>", "<!--", "<script", "-->", "]]>", "\u2028", "\u2029", "&lt;", '"', "\\", "\0", "\ud83d\ude00"]
        )
    ).map("".join),
)


class _Reader(HTMLParser):
    """What a browser takes for the text of the element, and what for markup behind it."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.data: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(f"{tag} {dict(attrs)}")

    def handle_data(self, data: str) -> None:
        self.data.append(data)


@given(st.dictionaries(HOSTILE, st.one_of(HOSTILE, st.lists(HOSTILE)), max_size=4))
def test_no_text_can_end_the_element_or_spoil_the_json(data: dict[str, object]) -> None:
    block = as_data_block(data)
    reader = _Reader()
    reader.feed(f'<script type="application/ld+json">{block}</script><p>')
    reader.close()
    assert reader.tags == ["script {'type': 'application/ld+json'}", "p {}"]
    assert json.loads("".join(reader.data)) == data
    assert not set("<>&\u2028\u2029") & set(block)
