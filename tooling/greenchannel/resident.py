"""What a process that makes the site again and again keeps between two makings."""

from dataclasses import dataclass, field

from greenchannel.delivery.journal import Journal
from greenchannel.desk.known_folders import KnownFolders
from greenchannel.desk.withheld import KnownWithheld
from greenchannel.portal.almanac import Almanac
from greenchannel.portal.at_hand import AtHand


@dataclass(slots=True)
class Resident:
    """Plans, the desk, the journal.

    The desk is as the process knows it: of a draft whose change the system did not tell of, the guard has the text of
    before, until everything is looked at; a folder that is new is seen at once.
    """

    at_hand: AtHand = field(default_factory=AtHand)
    desk: KnownFolders = field(default_factory=KnownFolders)
    withheld: KnownWithheld = field(default_factory=KnownWithheld)
    journal: Journal | None = None
    almanac: Almanac | None = None
