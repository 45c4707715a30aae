"""Why a file could not be cleaned, as the child says it and as an officer reads it."""

from enum import StrEnum

from greenchannel.desk.kinds import Unfit
from greenchannel.domain.message import message

MAX_PIXELS = 50_000_000


class Fault(StrEnum):
    DAMAGED = "damaged"
    MOVING = "moving"
    PIXELS = "pixels"
    ENCRYPTED = "encrypted"
    LAYERS = "layers"
    SIGNED = "signed"
    PORTFOLIO = "portfolio"
    LAID_OVER = "laid over"
    FILLED = "filled"
    TIME = "time"
    MEMORY = "memory"
    FAILED = "failed"


class UncleanError(Exception):
    """Ends the cleaning of one file, within the child."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def unfit(fault: Fault, name: str) -> Unfit:
    reason, hint = _WORDS[fault]
    return Unfit(message(reason.template, name=name, **reason.values), hint)


_ANEW = message("open it in a program for pictures or documents, and save or print it anew")
_SMALLER = message("save it smaller: fewer pixels, or fewer pages")
_PRINT = message("print it to a new PDF, look at the result, and list that instead")
_WORDS = {
    Fault.DAMAGED: (
        message("{name} is damaged or incomplete"),
        message("copy it from its source again, or print it to a new PDF"),
    ),
    Fault.MOVING: (
        message("{name} is an animated picture"),
        message("save one picture of it as JPEG or PNG, and list that instead"),
    ),
    Fault.PIXELS: (
        message("{name} has more than {count} million pixels", count=MAX_PIXELS // 1_000_000),
        _SMALLER,
    ),
    Fault.ENCRYPTED: (message("{name} is protected by a password or against copying"), _PRINT),
    Fault.LAYERS: (message("{name} has hidden layers, which readers could uncover"), _PRINT),
    Fault.SIGNED: (message("{name} is signed, and cleaning would break the signature and take the seal away"), _PRINT),
    Fault.PORTFOLIO: (
        message("{name} is a portfolio of several files"),
        message("list its documents one by one, each as a PDF of its own"),
    ),
    Fault.LAID_OVER: (
        message("{name} has stamps, text or marks laid over its pages, and cleaning would take them away"),
        _PRINT,
    ),
    Fault.FILLED: (message("{name} is a form, and cleaning would take away what is filled in"), _PRINT),
    Fault.TIME: (message("cleaning {name} takes too long"), _SMALLER),
    Fault.MEMORY: (message("cleaning {name} needs too much memory"), _SMALLER),
    Fault.FAILED: (message("{name} could not be cleaned"), _ANEW),
}
