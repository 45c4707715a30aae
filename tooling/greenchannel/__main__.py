"""``greenchannel`` and ``python -m greenchannel``."""

import gc
import sys

from greenchannel.cli import main


def run() -> int:
    code = main()
    # All goes with the process: to look through an archive for circles once more takes longer than many a command.
    gc.freeze()
    return code


if __name__ == "__main__":
    sys.exit(run())
