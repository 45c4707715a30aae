"""After a build: tells the hubs of the settings which feeds changed where readers find them."""

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from greenchannel.delivery.websub import tell_hub
from greenchannel.desk.settings import Settings


def announce(settings: Settings, arrived: Sequence[str]) -> Mapping[str, str]:
    """Hubs that could not be told, and why; all at once, so that a slow one does not make the others wait.

    It ends within about twenty seconds: three attempts of five, and the pauses between them.
    """
    feeds = [settings.url + one for one in arrived if one.startswith("feeds/")]
    if not feeds or not settings.websub:
        return {}
    with ThreadPoolExecutor(max_workers=len(settings.websub)) as pool:
        answers = pool.map(lambda hub: tell_hub(hub, feeds, time.sleep), settings.websub)
        return {hub: problem for hub, problem in zip(settings.websub, answers, strict=True) if problem}
