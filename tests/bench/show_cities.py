"""``show_cities.py HOMES WWW [ORIGIN ROLL]`` shows the record of each newsroom below HOMES, and writes the roll.

A process of its own: what it imports is no part of what is measured.
"""

import sys
from pathlib import Path

from greenchannel.desk.settings import read_settings
from provincial.cities import show
from provincial.roll import joining, write_roll

PROVINCE = {
    "name": "示例省政务舆情回应",
    "organisation": "示例省人民政府",
    "email": "press@province.example",
    "url": "https://news.province.example/",
    "tag": "news.province.example,2026",
    "offset_minutes": 480,
}


def main() -> None:
    homes, www, *rest = sys.argv[1:]
    newsrooms = sorted(one for one in Path(homes).iterdir() if one.is_dir())
    for home in newsrooms:
        if not (Path(www) / home.name).is_symlink():  # One that shows its site.
            show(home, Path(www) / home.name)
    if rest:
        cities = [joining(home.name, f"{rest[0]}{home.name}/", read_settings(home)) for home in newsrooms]
        Path(rest[1]).write_bytes(write_roll(PROVINCE, cities))


if __name__ == "__main__":
    main()
