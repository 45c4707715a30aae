"""A build: the site made from the record, put at every place of readers, read back, receipted."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from greenchannel.delivery.delivering import Progress
from greenchannel.delivery.leaks import Leak
from greenchannel.delivery.targets import TargetError
from greenchannel.delivery.unchanged import SeenAhead, nobody
from greenchannel.desk.places import SITE
from greenchannel.desk.settings import Settings
from greenchannel.making import Making
from greenchannel.portal.confinement import Renderer
from greenchannel.sending import Sending

Failed = dict[str, TargetError | OSError]


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What a build did. `failed` maps a place (``site`` is our own disk) to what it said; the next run goes on."""

    planned: int
    made: int
    written: tuple[str, ...]
    sent: Mapping[str, int]
    failed: Mapping[str, TargetError | OSError]
    leaks: tuple[Leak, ...] = ()  # what was found in files that were therefore not written
    arrived: tuple[str, ...] = ()  # what changed where readers read it, be it at one place only
    orphans: tuple[str, ...] = ()  # looked for by a clean build only

    @property
    def is_whole(self) -> bool:
        return not self.failed and not self.leaks

    @property
    def is_made(self) -> bool:
        """Does ``site/`` show the record, whatever became of the other places?"""
        return SITE not in self.failed and not self.leaks

    @property
    def has_changed(self) -> bool:
        """Did it put anything anywhere? Without it, what an earlier run began had come through."""
        return bool(self.written or any(self.sent.values()))


def build(
    settings: Settings,
    clock: Callable[[], datetime],
    *,
    clean: bool = False,
    older_record: bool = False,
    progress: Progress = lambda _where, _done, _due: None,
    renderer: Renderer | None = None,
    seen_ahead: SeenAhead = nobody,
) -> Built:
    """Makes what changed, puts it at every place, reads it back and records the receipts.

    `clean` believes no journal: everything is made anew and compared, here and at every place. `older_record` takes
    from readers what the record does not tell any more, which is refused otherwise. The `renderer` may have begun, and
    somebody may look at the site `seen_ahead`.
    """
    making = Making(
        settings,
        clock,
        clean=clean,
        older_record=older_record,
        progress=progress,
        renderer=renderer,
        seen_ahead=seen_ahead,
    )
    sendings = [Sending(making, one) for one in settings.targets if one.name != SITE]
    failed: Failed = {}
    attempt(failed, SITE, making.make)
    if SITE not in failed:
        send_all(failed, sendings)
        if any(one.seen for one in sendings):
            # The receipts of one place are news for all.
            attempt(failed, SITE, making.make)
            send_all(failed, sendings)
    written = tuple(making.written)
    arrived = [*(written if making.is_place else ()), *(path for one in sendings for path in one.sent)]
    return Built(
        planned=len(making.delivered.files),
        made=making.made,
        written=written,
        sent={one.name: len(one.sent) for one in sendings},
        failed=failed,
        leaks=tuple(making.leaks),
        arrived=tuple(dict.fromkeys(arrived)),
        orphans=making.orphans() if clean and SITE not in failed else (),
    )


def send_all(failed: Failed, sendings: list[Sending]) -> None:
    """At once, so that a place that does not answer keeps none of the others waiting; none is tried a second time."""
    rest = [one for one in sendings if one.name not in failed]
    if len(rest) == 1:
        attempt(failed, rest[0].name, rest[0].send)
    elif rest:
        with ThreadPoolExecutor(len(rest)) as pool:
            for name, done in [(one.name, pool.submit(one.send)) for one in rest]:
                attempt(failed, name, done.result)


def attempt(failed: Failed, name: str, work: Callable[[], None]) -> None:
    try:
        work()
    except (TargetError, OSError) as error:
        failed[name] = error
