"""The search index for the unattended channel, in a process of its own with what is left of the processor.

python -m greenchannel.cli.index_process HOME
"""

import json
import os
import sys
from datetime import datetime
from pathlib import Path

_NICENESS = 10


def main(argv: list[str]) -> int:
    """One line of JSON: what was made, and what failed in the words of the error."""
    from greenchannel.desk.settings import read_settings
    from greenchannel.domain.errors import GreenchannelError
    from greenchannel.indexing import SEARCH, build_index

    os.nice(_NICENESS)
    settings = read_settings(Path(argv[0]))
    try:
        indexed = build_index(settings, lambda: datetime.now(settings.zone))
    except GreenchannelError as error:
        failed = {SEARCH: str(error)}
        sys.stdout.write(json.dumps({"made": 0, "sent": {}, "seconds": 0, "failed": failed}) + "\n")
        return 1
    failed = {name: str(error) for name, error in indexed.failed.items()}
    failed |= {one.path: str(one.phrase.source) for one in indexed.leaks}
    sent = {name: count for name, count in indexed.sent.items() if count}
    told = {"made": indexed.made, "sent": sent, "seconds": round(indexed.seconds, 1), "failed": failed}
    sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
    return int(not indexed.is_whole)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
