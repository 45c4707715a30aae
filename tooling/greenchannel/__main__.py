"""``python -m greenchannel``."""

import sys

from greenchannel.cli import main

sys.exit(main())
