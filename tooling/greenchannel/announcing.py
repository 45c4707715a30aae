"""After a build: tells the hubs of the settings which feeds changed where readers find them."""

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from greenchannel.delivery.websub import tell_hub
from greenchannel.desk.settings import Settings
from greenchannel.portal.feed_index import INDEX, OPML
from greenchannel.portal.feed_plan import ARCHIVES
from greenchannel.portal.variants import plain_of


def is_topic(path: str) -> bool:
    """A current document: nobody subscribes to an archive, which never changes, to a list of feeds or a variant."""
    is_feed = path.startswith("feeds/") and not path.startswith(ARCHIVES) and path not in (INDEX, OPML)
    return is_feed and plain_of(path) == path


def announce(settings: Settings, arrived: Sequence[str]) -> Mapping[str, str]:
    """Hubs that could not be told, and why; all at once, so that a slow one does not make the others wait.

    It ends within about twenty seconds: three attempts of five, and the pauses between them.
    """
    feeds = [settings.url + one for one in arrived if is_topic(one)]
    if not feeds or not settings.websub:
        return {}
    with ThreadPoolExecutor(max_workers=len(settings.websub)) as pool:
        answers = pool.map(lambda hub: tell_hub(hub, feeds, time.sleep), settings.websub)
        return {hub: problem for hub, problem in zip(settings.websub, answers, strict=True) if problem}
