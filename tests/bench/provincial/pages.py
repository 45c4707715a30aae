"""The lists of a provincial portal: a page for each month, the page of the cities, and the same for machines.

A row leads to the city's own page and has the id of the city's own entry. There is no page of a release here: two of
them would have to be corrected, and one would be late.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from greenchannel.portal.entries import Voice
from greenchannel.record.checkpoint import Checkpoint
from provincial.roll import City
from provincial.showing import Row

CITIES = "cities.json"


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a city's record was taken, and what keeps us from taking more, since which merge."""

    city: City
    taken: Checkpoint
    problem: str = ""
    since: str = ""


def month_path(month: str) -> str:
    return f"archive/{month.replace('-', '/')}/index.html"


def month_page(province: Voice, names: Mapping[str, str], month: str, rows: Sequence[Row]) -> bytes:
    """`names` are those of the cities by id."""
    title = f"{int(month[:4])}年{int(month[5:])}月"
    listed = "\n".join(_row(names[one.city], one) for one in rows)
    return _page(province, title, f"<p>{len(rows)}件</p>\n<ol>\n{listed}\n</ol>")


def home_page(province: Voice, months: Sequence[str], standings: Sequence[Standing]) -> bytes:
    links = "\n".join(f'<li><a href="archive/{one.replace("-", "/")}/">{one}</a></li>' for one in reversed(months))
    rows = "\n".join(_standing(one) for one in standings)
    head = "<thead><tr><th>市</th><th>发布记录至</th><th>条数</th><th>情况</th></tr></thead>"
    feeds = "".join(f' <a href="feeds/all.{one}">{one}</a>' for one in ("rss", "atom", "json"))
    return _page(
        province,
        province.name,
        f"<p>订阅：{feeds}</p>\n<h2>各市</h2>\n<table>{head}<tbody>\n{rows}\n</tbody></table>\n"
        f"<h2>按月</h2>\n<ul>\n{links}\n</ul>",
    )


def cities_json(province: Voice, standings: Sequence[Standing]) -> bytes:
    """A city a line. `sequence` is that of the last line taken: who keeps it sees what a feed no longer holds."""
    return ("[\n" + ",\n".join(_listed(province, standings)) + "\n]\n").encode()


def _listed(province: Voice, standings: Sequence[Standing]) -> Iterator[str]:
    for one in standings:
        value = {
            "id": one.city.id,
            "name": one.city.voice.name,
            "url": one.city.voice.url,
            "feeds": f"{one.city.voice.url}feeds/index.json",
            "sequence": one.taken.entries,
            "sha256": one.taken.sha256,
            "at": one.taken.at or None,
            "problem": one.problem or None,
            "since": one.since or None,
            "merged_by": province.organisation,
        }
        yield json.dumps(value, ensure_ascii=False)


def _row(name: str, one: Row) -> str:
    return (
        f'<li data-id="{escape(one.id)}" data-status="{escape(one.status)}"><time datetime="{escape(one.published)}">'
        f"{escape(one.published[:16].replace('T', ' '))}</time> {escape(name)} "
        f'<a href="{escape(one.url)}">{escape(one.title)}</a> {escape(one.department)}</li>'
    )


def _standing(one: Standing) -> str:
    voice = one.city.voice
    told = f"自{one.since}起未能更新：{one.problem}" if one.problem else "正常"
    return (
        f'<tr><td><a href="{escape(voice.url)}">{escape(voice.name)}</a></td><td>{escape(one.taken.at)}</td>'
        f"<td>{one.taken.entries}</td><td>{escape(told)}</td></tr>"
    )


def _page(province: Voice, title: str, body: str) -> bytes:
    name, heading, url = escape(province.name), escape(title), escape(province.url)
    return f"""<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{heading} - {name}</title>
<link rel="alternate" type="application/atom+xml" href="{url}feeds/all.atom" title="{name}">
</head>
<body>
<p><a href="{url}">{name}</a></p>
<main>
<h1>{heading}</h1>
{body}
</main>
</body>
</html>
""".encode()
