"""The rules of RSS notice a feed that breaks them."""

from collections.abc import Callable

import pytest

from greenchannel.portal.feed_plan import plan_feeds
from ledgers import VOICE, Ledger
from rss_rules import RULES, broken


def feed() -> str:
    ledger = Ledger()
    ledger.publish("2026/x/fact-1")
    ledger.publish("2026/x/fact-1", ("correction", "5人更正为6人。"))
    planned = {one.paths[0]: one for one in plan_feeds(VOICE, ledger.events, lambda _: "<p>全文</p>", "maker")}
    return planned["feeds/all.rss"].make()[0].decode()


def test_our_feeds_break_none() -> None:
    assert broken(feed().encode()) == []


def instead(old: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new)

    return change


ENCLOSURE = '<enclosure url="https://a.example/1" length="1" type="a/b"/>'
BREAKS = {
    "the document is rss 2.0 with one channel": instead('version="2.0"', 'version="0.9"'),
    "a channel has title, link and description": instead("    <title>示例市政务舆情回应</title>\n", ""),
    "no element of a channel is repeated": instead("<ttl>1</ttl>", "<ttl>1</ttl><ttl>1</ttl>"),
    "no element of an item is repeated": instead("<item>", "<item><author>a</author>"),
    "an item has a title or a description": instead("<item>", "<item/><item>"),
    "a link is an absolute address": instead("<link>https:", "<link>"),
    "dates are those of RFC 822 with four digits of year": instead("Nov 2026", "Nov 26"),
    "every item has a guid, and no two the same": instead("/correction/2</guid>", "</guid>"),
    "a guid that is no address says so": instead(' isPermaLink="false"', ""),
    "an item has one enclosure at most, with address, length and type": instead(
        "</item>", ENCLOSURE.replace("https:", "") + "</item>"
    ),
    "the feed names itself once by atom:link": instead('rel="self"', 'rel="other"'),
    "the link to itself is absolute and has its type": instead('type="application/rss+xml"', 'type="text/xml"'),
    "a description stands before content:encoded": instead("<item>", "<item><content:encoded/>"),
    "the time to live is a number of minutes": instead("<ttl>1", "<ttl>a minute"),
    "a title has no marks of HTML": instead("<item>\n      <title>", "<item>\n      <title>&lt;b&gt;"),
    "an element outside the standard has a namespace": instead("<item>", "<item><ours/>"),
}


@pytest.mark.parametrize("rule", RULES)
def test_a_feed_that_breaks_a_rule_is_told_by_its_name(rule: str) -> None:
    assert rule in broken(BREAKS[rule](feed()).encode())
