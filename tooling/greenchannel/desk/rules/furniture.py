"""W: what a government site owes its readers on every page. The rest of this family is asked of the built site."""

from collections.abc import Iterator

from greenchannel.desk.document import Document
from greenchannel.desk.frontmatter import FaultKind
from greenchannel.desk.rules.rule import Context, Finding, Rule
from greenchannel.domain.diagnostic import Severity
from greenchannel.domain.message import message


def _unset_furniture(document: Document, _context: Context) -> Iterator[Finding]:
    """A footer that lacks what a government site owes.

    What: mkdocs.yml does not set all of 党政机关标识, 我为政府网站找错, 网站标识码, 主办单位, 联系方式, ICP备案号,
    公安机关备案 and 站点地图.
    Why: inspectors ask for each of them on every page (国办发〔2017〕47号); none can be guessed, so none is shown.
    Fix: write the missing ones under extra.greenchannel.footer, with the values that the registries gave to the city.
    """
    for fault in document.faults:
        if fault.kind is FaultKind.UNSET_FURNITURE:
            yield Finding(
                fault.span,
                message("the footer lacks {labels}", labels=fault.detail),
                message("write in mkdocs.yml under extra.greenchannel.footer: {example}", example=fault.suggestion),
            )


RULES: tuple[Rule, ...] = (Rule("W701", Severity.WARNING, _unset_furniture),)
