"""What a process that plans more than once keeps between two plans; one that has nothing at hand comes to the same."""

from dataclasses import dataclass, field

from greenchannel.portal.known_incidents import KnownIncidents
from greenchannel.portal.prepared import Entries
from greenchannel.portal.remembered_plan import Plans
from greenchannel.portal.streams import Streams


@dataclass(frozen=True, slots=True)
class AtHand:
    """What a process that stays keeps of one plan for the next."""

    plans: Plans = field(default_factory=dict)
    streams: Streams = field(default_factory=Streams)
    entries: Entries = field(default_factory=Entries)
    incidents: KnownIncidents = field(default_factory=KnownIncidents)
