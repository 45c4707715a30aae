"""A view -> the plan of its page: what it is made of, and how."""

from functools import partial

from msgspec.structs import replace

from greenchannel.portal.bodies import Bodies
from greenchannel.portal.catalogue import Catalogue
from greenchannel.portal.particulars import release_values
from greenchannel.portal.plan import Planned, Stage, fingerprint
from greenchannel.portal.source import Site
from greenchannel.portal.theme import Theme
from greenchannel.portal.tongue import led, marked
from greenchannel.portal.views.incidents import IncidentView
from greenchannel.portal.views.page import PageView
from greenchannel.portal.views.parts import OtherLanguage, SiteFrame
from greenchannel.portal.views.releases import ReleaseView, RevisionPageView
from greenchannel.portal.wording import CHINESE, ENGLISH


def _body_of(view: PageView) -> str:
    """The digest of the text that a page shows; a withdrawn release shows its notice instead."""
    match view:
        case ReleaseView(withdrawn=""):
            return view.body
        case IncidentView() | RevisionPageView():
            return view.body
        case _:
            return ""


class Pages:
    """The pages of one language, each with the way to the other one.

    `frame` is what stands around each of them. `english` are the paths of English pages, known to the Chinese ones:
    every English page has a Chinese twin.
    """

    def __init__(
        self,
        site: Site,
        theme: Theme,
        frame: SiteFrame,
        catalogue: Catalogue,
        bodies: Bodies,
        english: frozenset[str] = frozenset(),
    ) -> None:
        self._site, self._theme, self._catalogue, self._bodies = site, theme, catalogue, bodies
        self._english = english
        self.frame = frame

    def page(self, stage: Stage, template: str, view: PageView, path: str = "") -> Planned:
        inputs = (self.frame, view, self._other(view, is_own=not path))
        path = path or view.frame.url.removeprefix(self.frame.root) + "index.html"
        made = partial(self._make, template, *inputs)
        return Planned(stage, (path,), fingerprint(self._site.maker, self._theme.digest, template, *inputs), made)

    def _make(self, template: str, frame: SiteFrame, view: PageView, other: OtherLanguage | None) -> tuple[bytes, ...]:
        body = self._bodies.html(digest) if (digest := _body_of(view)) else ""
        values: dict[str, object] = {"portal": frame, "view": view, "body": body, "other": other}
        values |= self._bodies.compared(view)
        if isinstance(view, ReleaseView):
            values |= release_values(view, self._bodies.fields(view), body, frame, self._site.settings.zone)
        language = self._catalogue.language
        page = self._theme.environments[language].get_template(template).render(values)
        if language != CHINESE:
            page = marked(led(page, frame.root, (frame.home, frame.subscribe)))
        return (page.encode(),)

    def _other(self, view: PageView, *, is_own: bool) -> OtherLanguage | None:
        """`is_own` says that the page stands at its view's address, which that of an error does not."""
        root, url = self.frame.root, view.frame.url
        home = self.frame.other
        if home is None or not is_own:
            return home
        if self._catalogue.language == ENGLISH:
            return replace(home, url=root + url.removeprefix(self.frame.home), is_same=True)
        path = f"{ENGLISH}/{url.removeprefix(root)}"
        return replace(home, url=root + path, is_same=True) if f"{path}index.html" in self._english else home
