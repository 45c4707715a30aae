"""Types a scene's command in a process of its own, by the scene's clock, and prints the calls that the layer saw.

``python tests/typed.py correction FOLDER``. By the machine's clock a run over the full minute would write other pages.
"""

import json
import sys
from pathlib import Path

from faults import Layer
from scenes import COMMANDED_AT, HOME, SCENES, officer


def main(argv: list[str]) -> int:
    name, folder = argv
    with Layer(Path(folder)) as layer:
        code, _, _ = officer(Path(folder) / HOME, COMMANDED_AT, *SCENES[name].command)
    calls = [(one.name, one.path) for one in layer.calls if one.name != "close"]
    print(json.dumps(calls))  # noqa: T201  # The answer.
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
