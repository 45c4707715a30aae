"""Hubs are told, a few times if they must be, and never for long."""

import time

import pytest

from greenchannel.delivery.websub import ATTEMPTS, tell_hub
from websub_hub import dripping, hub

FEEDS = ("https://news.shili.example/feeds/all.atom", "https://news.shili.example/feeds/types/fact.atom")


def no_pause(_seconds: float) -> None:
    pytest.fail("it paused")


def test_a_hub_is_told_of_every_feed_once() -> None:
    with hub(204) as server:
        assert tell_hub(server.url, FEEDS, no_pause) == ""
    assert server.received == [[("hub.mode", "publish"), *(("hub.url", one) for one in FEEDS)]]


def test_a_hub_in_trouble_is_tried_again() -> None:
    pauses: list[float] = []
    with hub(500, 503, 202) as server:
        assert tell_hub(server.url, FEEDS, pauses.append) == ""
    assert (len(server.received), pauses) == (3, [1.0, 2.0])


def test_a_hub_that_stays_in_trouble_is_left_after_the_last_attempt() -> None:
    with hub(500) as server:
        assert tell_hub(server.url, FEEDS, lambda _seconds: None) == "HTTP 500"
    assert len(server.received) == ATTEMPTS


def test_a_hub_that_refuses_is_not_asked_again() -> None:
    with hub(403) as server:
        assert tell_hub(server.url, FEEDS, no_pause) == "HTTP 403"
    assert len(server.received) == 1


def test_a_hub_that_is_not_there_is_an_answer() -> None:
    with hub(204) as server:
        url = server.url
    assert tell_hub(url, FEEDS, lambda _seconds: None) != ""


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/订阅", "http://a..b/", "https://[::1/"])
def test_an_address_that_is_none_is_an_answer(address: str) -> None:
    assert tell_hub(address, FEEDS, lambda _seconds: None) != ""


def test_a_hub_that_drips_is_left_when_its_time_is_over() -> None:
    with dripping(0.05) as (url, _):
        began = time.monotonic()
        assert tell_hub(url, FEEDS, lambda _seconds: None, seconds=0.3) == "no answer within 0.3 s"
        assert time.monotonic() - began < 0.3 * ATTEMPTS + 1


def test_the_line_of_a_hub_that_is_left_is_cut() -> None:
    with dripping(0.05) as (url, cut):
        tell_hub(url, FEEDS, lambda _seconds: None, seconds=0.3)
        assert cut.wait(5)
