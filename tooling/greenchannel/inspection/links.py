"""W74: where the addresses of a page lead. Nothing is fetched."""

from collections.abc import Iterator

from greenchannel.domain.attachment import KIND_OF_EXTENSION, extension_of
from greenchannel.domain.message import message
from greenchannel.inspection.labels import EVERY
from greenchannel.inspection.rule import Elsewhere, Finding, Inside, Result, Rule, Site
from greenchannel.portal.page_reading import Address, Page


def _places(page: Page, site: Site) -> Iterator[tuple[Address, Inside | Elsewhere]]:
    for one in page.addresses:
        try:
            place = site.locate(page, one.url)
        except ValueError:
            continue
        if place is not None:
            yield one, place


def _is_attachment(place: Inside) -> bool:
    return extension_of(place.path) in KIND_OF_EXTENSION


def _links(page: Page, site: Site) -> Iterator[Finding]:
    """An address of this site behind which there is nothing.

    What: a link, a picture, a style or a script of a page names a file that the site does not have, or is no address.
    Why: each broken link on the home page costs a point, and each elsewhere a tenth; readers are led astray.
    Fix: correct the address in the text or template that is named, or release what it leads to.
    """
    hint = message("correct the address, or release what it leads to")
    for one in page.addresses:
        try:
            place = site.locate(page, one.url)
        except ValueError:
            yield Finding(message("{url} is no address", url=one.url), hint, one.line)
            continue
        if place is None and one.url.lower().startswith("javascript:"):
            yield Finding(message("{url} leads nowhere without scripts", url=one.url), hint, one.line)
        elif isinstance(place, Inside) and (one.is_fetched or not _is_attachment(place)) and not site.standing(place):
            yield Finding(message("{path} does not exist", path=place.path), hint, one.line)


def _fragments(page: Page, site: Site) -> Iterator[Finding]:
    """A link to a place in a page that is not there.

    What: the part behind # is no id in the page that the link leads to.
    Why: the reader lands at the top of a page and does not find what was promised.
    Fix: correct the part behind #, or give the place that id.
    """
    for one, place in _places(page, site):
        if not isinstance(place, Inside) or place.fragment in ("", "top"):
            continue
        target = site.standing(place)
        if target is None or not target.endswith(".html"):
            continue
        known = page.ids if target == page.path else site.ids_of(target)
        if known is not None and place.fragment not in known:
            seen = message("{path} has no place #{fragment}", path=target, fragment=place.fragment)
            yield Finding(seen, message("correct the part behind #, or give the place that id"), one.line)


def _attachments(page: Page, site: Site) -> Iterator[Finding]:
    """An attachment that cannot be opened.

    What: a page offers a file for download (a document or a picture) that the site does not have, or that is empty.
    Why: attachments count as links, and they often are what readers came for.
    Fix: run greenchannel build --clean; greenchannel verify --site compares each with its digest.
    """
    for one, place in _places(page, site):
        if isinstance(place, Inside) and not one.is_fetched and _is_attachment(place):
            size = site.size_of(place.path)
            hint = message("run greenchannel build --clean, then greenchannel verify --site")
            if size is None:
                yield Finding(message("the attachment {path} does not exist", path=place.path), hint, one.line)
            elif not size:
                yield Finding(message("the attachment {path} is empty", path=place.path), hint, one.line)


def _external(page: Page, site: Site) -> Iterator[Finding]:
    """Links to other sites.

    What: every address of another site to which a page leads.
    Why: inspectors open them; what is behind them is not ours to say, and this command fetches nothing.
    Fix: open each now and then, and take out what leads astray.
    """
    for one, place in _places(page, site):
        if isinstance(place, Elsewhere) and not one.is_fetched:
            yield Finding(message("{url}", url=place.url), None, one.line)


def _third_parties(page: Page, site: Site) -> Iterator[Finding]:
    """A page that lets another site know who reads it.

    What: a style, script, picture or frame of a page comes from another site.
    Why: that site learns of each reader, can change the page, and takes the page with it when it is down.
    Fix: put the file into templates/assets/ and name it there.
    """
    for one, place in _places(page, site):
        if isinstance(place, Elsewhere) and one.is_fetched:
            hint = message("put the file into templates/assets/ and name it there")
            yield Finding(message("{url} is fetched from another site", url=place.url), hint, one.line)


_ON_EVERY, _LINKS = message("every page"), message("links")
RULES: tuple[Rule, ...] = (
    Rule("W741", _ON_EVERY, _LINKS, message("every address of the site leads to a file"), EVERY, _links),
    Rule("W742", _ON_EVERY, _LINKS, message("every part behind # is a place in its page"), EVERY, _fragments),
    Rule("W743", _ON_EVERY, _LINKS, message("every attachment is there"), EVERY, _attachments),
    Rule("W744", _ON_EVERY, _LINKS, message("links to other sites, not fetched"), EVERY, _external, Result.LISTED),
    Rule("W745", _ON_EVERY, _LINKS, message("nothing is fetched from another site"), EVERY, _third_parties),
)
