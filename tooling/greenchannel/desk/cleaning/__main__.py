"""The child: cleans what comes by standard input, as the kind named by its argument, within its limits."""

import resource
import sys
import warnings
from collections.abc import Callable

from greenchannel.desk.cleaning import READY
from greenchannel.desk.cleaning.fault import Fault, UncleanError
from greenchannel.domain.attachment import Kind

ADDRESS_SPACE_BYTES = 1024 * 1024 * 1024
CPU_SECONDS = 10


def main() -> int:
    kind = Kind(sys.argv[1])
    cleaned_by = _cleaner(kind)
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE_BYTES, ADDRESS_SPACE_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    warnings.simplefilter("ignore")  # What libraries think of a hostile file is said by the answer alone.
    sys.stdout.buffer.write(READY)
    sys.stdout.buffer.flush()
    try:
        answer = b"ok\n" + cleaned_by(kind, sys.stdin.buffer.read())
    except UncleanError as error:
        answer = error.fault.value.encode() + b"\n"
    except (MemoryError, RecursionError):
        answer = Fault.MEMORY.value.encode() + b"\n"
    sys.stdout.buffer.write(answer)
    return 0


def _cleaner(kind: Kind) -> Callable[[Kind, bytes], bytes]:
    """Each library is loaded only for what needs it: it costs a quarter of a second."""
    if kind is Kind.PDF:
        from greenchannel.desk.cleaning.documents import clean_document  # noqa: PLC0415

        return lambda _, data: clean_document(data)
    from greenchannel.desk.cleaning.pictures import clean_picture  # noqa: PLC0415

    return clean_picture


if __name__ == "__main__":
    sys.exit(main())
