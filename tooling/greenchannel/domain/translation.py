"""A release or an incident in another language (译文).

It says what the Chinese text says and owns nothing else: no times, no author, no attachments, no life of its own. It
is approved, released, corrected and withdrawn with the text that it translates.
"""

from dataclasses import dataclass

from greenchannel.domain.vocabulary import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """`summary` is empty for an incident, which has none.

    What is not said of `confirmed`, `checking` and `claim` stands in Chinese on the pages of this language, too.
    """

    language: Language
    title: str
    summary: str = ""
    confirmed: tuple[str, ...] = ()
    checking: tuple[str, ...] = ()
    claim: str = ""
    body: str
