"""Lighthouse at phone settings against the sample site behind nginx: ``make lighthouse``. At least 95 everywhere.

Its throttling is simulated: a phone four times slower than this machine on a line of 1.6 Mbit/s.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from conftest import FLAGS, REPOSITORY, program
from sample_site import POLICY, build_sample
from servers import nginx

PAGES = ("", "types/fact/", "releases/2026/qingnianlu-huozai/", "releases/2026/qingnianlu-huozai/fact-2/")
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
LEAST = 95
_SERVER = (
    "include /etc/nginx/mime.types; charset utf-8; gzip on; gzip_vary on;"
    " gzip_types text/css application/javascript text/javascript image/svg+xml application/json;"
    f' add_header Content-Security-Policy "{POLICY}"; add_header X-Content-Type-Options nosniff;'
)


def measured(address: str) -> tuple[int, ...]:
    """The figure of each category, of 100."""
    argv = (
        program("nodejs", "node"),
        str(REPOSITORY / "build/lighthouse/node_modules/lighthouse/cli/index.js"),
        address,
        "--quiet",
        "--output=json",
        f"--only-categories={','.join(CATEGORIES)}",
        f"--chrome-flags=--headless=new {' '.join(FLAGS)}",
    )
    browser = program("chromium fonts-noto-cjk", "chromium", "chromium-browser")
    done = subprocess.run(argv, env=os.environ | {"CHROME_PATH": browser}, stdout=subprocess.PIPE, check=True)
    report = json.loads(done.stdout)
    failed = [one["id"] for one in report["audits"].values() if one["score"] == 0]
    print(f"  {', '.join(failed)}" if failed else "  nothing failed")
    return tuple(round(100 * report["categories"][one]["score"]) for one in CATEGORIES)


def main() -> int:
    found = {}
    with tempfile.TemporaryDirectory() as scratch:
        site, folder = build_sample(Path(scratch) / "office"), Path(scratch) / "nginx"
        folder.mkdir()
        Path(scratch).chmod(0o755)  # nginx's worker is another user.
        with nginx(folder, site, more=_SERVER) as port:
            for page in PAGES:
                found[page] = measured(f"http://127.0.0.1:{port}/{page}")
                print(f"/{page}", dict(zip(CATEGORIES, found[page], strict=True)))
    return int(any(figure < LEAST for figures in found.values() for figure in figures))


if __name__ == "__main__":
    sys.exit(main())
