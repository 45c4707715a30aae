"""S: can the file be read, and are its keys and values those of its kind?"""

from collections.abc import Iterator

from greenchannel.desk.document import Document
from greenchannel.desk.frontmatter import Fault, FaultKind
from greenchannel.desk.rules.rule import Context, Finding, Rule
from greenchannel.domain.diagnostic import Respelling, Severity
from greenchannel.domain.message import Key, message


def _faults(document: Document, kind: FaultKind) -> Iterator[Fault]:
    return (fault for fault in document.faults if fault.kind is kind)


def _respelling(fault: Fault) -> Respelling | None:
    return Respelling(fault.span, fault.meant) if fault.meant else None


def _empty(document: Document, _context: Context) -> Iterator[Finding]:
    """The file is empty or missing.

    What: the file holds nothing but white space, or a registry file does not exist.
    Why: there is nothing to check or to release, and other files may rely on this one.
    Fix: write the file, take it back from the last commit, or delete it.
    """
    for fault in _faults(document, FaultKind.EMPTY):
        yield Finding(fault.span, message("the file is empty or missing"), message("write it, or delete it"))


def _no_front_matter(document: Document, _context: Context) -> Iterator[Finding]:
    """The file has no front matter.

    What: the first line is not `---`, or no second `---` line follows.
    Why: title, type, author and incident stand there; without them the text belongs to nobody.
    Fix: put the keys between two lines of `---` at the very top of the file.
    """
    for fault in _faults(document, FaultKind.NO_FRONT_MATTER):
        yield Finding(
            fault.span,
            message("the file does not begin with front matter"),
            message("put the keys between two lines of --- at the very top"),
        )
    for fault in _faults(document, FaultKind.UNCLOSED):
        yield Finding(
            fault.span,
            message("the front matter has no end: a second line of --- is missing"),
            message("write --- on a line of its own between the last key and the text"),
        )


def _encoding(document: Document, _context: Context) -> Iterator[Finding]:
    """The file is not UTF-8.

    What: the bytes of the file are no UTF-8 text. Editors on older systems save Chinese text as GBK.
    Why: read in the wrong encoding, names and numbers turn into other characters.
    Fix: open the file in an editor and save it again as UTF-8.
    """
    for fault in _faults(document, FaultKind.ENCODING):
        hint = message("looks like {encoding}: save the file as UTF-8", encoding=fault.detail)
        yield Finding(
            fault.span,
            message("the file is not UTF-8 text"),
            hint if fault.detail else message("save the file as UTF-8"),
        )


def _too_large(document: Document, _context: Context) -> Iterator[Finding]:
    """The file, a line or the nesting is too large.

    What: a limit is exceeded: 200,000 bytes a file, 20,000 characters a line, 64,000 of front matter, 6 levels deep.
    Why: no release is that long; a slip of the clipboard or an attack may be, and it would slow the desk down.
    Fix: break long lines, and take out what does not belong in the text.
    """
    for fault in _faults(document, FaultKind.TOO_LARGE):
        yield Finding(
            fault.span,
            message("too large: {detail}", detail=fault.detail),
            message("break long lines and take out what does not belong in the text"),
        )


def _forbidden_character(document: Document, _context: Context) -> Iterator[Finding]:
    """An invisible or control character.

    What: the text holds a character that cannot be seen, such as a zero-width space or a change of writing direction.
    Why: it can make a text read otherwise than it is (CVE-2021-42574), and what was approved must be what is read.
    Fix: delete the character; retyping the words around the place removes it surely.
    """
    for fault in _faults(document, FaultKind.FORBIDDEN_CHARACTER):
        yield Finding(
            fault.span,
            message("invisible or control character {character}", character=fault.detail),
            message("delete it; retyping the words around it removes it surely"),
        )


def _syntax(document: Document, _context: Context) -> Iterator[Finding]:
    """The front matter is not valid YAML.

    What: the keys and values cannot be told apart at the place named.
    Why: a guess might put a wrong time or a wrong department on a release.
    Fix: write `key: value`, and put a value that holds a colon and a space, or begins with a sign, in quotes.
    """
    for fault in _faults(document, FaultKind.SYNTAX):
        yield Finding(
            fault.span,
            message("not valid YAML: {problem}", problem=fault.suggestion),
            message("write key: value, and put a value that contains a colon in quotes"),
        )


def _wide_colon(document: Document, _context: Context) -> Iterator[Finding]:
    """A Chinese colon after a key.

    What: a key is followed by ： (full width), as a Chinese input method types it.
    Why: only a half-width colon and a blank part a key from its value; the file cannot be read otherwise.
    Fix: write `标题: ` with a half-width colon and a blank. `--fix` does it.
    """
    for fault in _faults(document, FaultKind.WIDE_COLON):
        yield Finding(
            fault.span,
            message("a full-width colon stands after {key}", key=fault.detail),
            message("write {key}: with a half-width colon and a blank", key=fault.detail),
            _respelling(fault),
        )


def _duplicate_key(document: Document, _context: Context) -> Iterator[Finding]:
    """A key stands twice.

    What: the same key is given two values.
    Why: only one of them can hold, and which one the writer meant cannot be known.
    Fix: delete one of the two.
    """
    for fault in _faults(document, FaultKind.DUPLICATE_KEY):
        yield Finding(
            fault.span,
            message("the key {key} stands here a second time", key=fault.detail),
            message("delete one of the two"),
        )


def _yaml_feature(document: Document, _context: Context) -> Iterator[Finding]:
    """A YAML anchor, alias or tag.

    What: the front matter uses `&`, `*`, `<<` or `!`, which let one value stand for another.
    Why: what a reader sees would no longer be what the program reads.
    Fix: write the value out, and put a text that begins with one of these signs in quotes.
    """
    for fault in _faults(document, FaultKind.YAML_FEATURE):
        yield Finding(
            fault.span,
            message("YAML anchors, aliases and tags are not allowed: {detail}", detail=fault.detail),
            message("write the value out; put a text that begins with such a sign in quotes"),
        )


def _unknown_key(document: Document, _context: Context) -> Iterator[Finding]:
    """An unknown key.

    What: the key is none of those known for this kind of file.
    Why: a key with a typing error would be passed over in silence, and what it says with it.
    Fix: correct the spelling, English or Chinese, or delete the key. `--fix` mends capitals and hyphens.
    """
    for fault in _faults(document, FaultKind.UNKNOWN_KEY):
        hint = message("did you mean {suggestion}?", suggestion=fault.suggestion)
        yield Finding(
            fault.span,
            message("unknown key {key}", key=fault.detail),
            hint if fault.suggestion else message("correct the spelling or delete the key"),
            _respelling(fault),
        )


def _missing_key(document: Document, _context: Context) -> Iterator[Finding]:
    """A required key is missing.

    What: a key that this kind of file needs is not there, or has nothing behind it.
    Why: without it the release cannot be attributed, filed or timed.
    Fix: add the key with its value.
    """
    for fault in _faults(document, FaultKind.MISSING_KEY):
        yield Finding(
            fault.span,
            message("the key {key} is missing", key=Key(fault.detail)),
            message("add {key} with its value", key=Key(fault.detail)),
        )


def _bad_value(document: Document, _context: Context) -> Iterator[Finding]:
    """A value that is not allowed.

    What: the value is none of the choices for its key, or of another kind than the key takes.
    Why: lists, feeds and deadlines are made from these values.
    Fix: use one of the values in the hint, English or Chinese. `--fix` mends capitals and hyphens.
    """
    for fault in _faults(document, FaultKind.BAD_VALUE):
        yield Finding(
            fault.span,
            message("the value of {key} is not allowed", key=Key(fault.detail)),
            message("expected: {choices}", choices=fault.suggestion),
            _respelling(fault),
        )


def _bad_time(document: Document, _context: Context) -> Iterator[Finding]:
    """A time that cannot be read.

    What: the time is malformed, or does not say its offset from UTC.
    Why: deadlines are counted in minutes; a time without an offset names no moment.
    Fix: write year-month-day, T, hours:minutes and the offset, for example 2026-11-20T09:31+08:00.
    """
    for fault in _faults(document, FaultKind.BAD_TIME):
        without_offset = fault.suggestion == "no offset"
        yield Finding(
            fault.span,
            message("the time {key} has no offset", key=Key(fault.detail))
            if without_offset
            else message("the time {key} cannot be read", key=Key(fault.detail)),
            message("write it with its offset, e.g. 2026-11-20T09:31+08:00"),
        )


def _placement(document: Document, _context: Context) -> Iterator[Finding]:
    """The name or place of the file cannot become an address.

    What: folder and file name do not make an id of the form `<year>/<slug>` or `<year>/<slug>/<name>`.
    Why: addresses are minted from these names and are kept for good.
    Fix: use a folder `incidents/<year>/<slug>/` and lower-case letters, digits and hyphens.
    """
    for fault in _faults(document, FaultKind.PLACEMENT):
        yield Finding(
            fault.span,
            message("{id} cannot become an address", id=fault.detail),
            message("use a year of four digits, then lower-case letters, digits and hyphens"),
        )


def _no_incident_file(document: Document, _context: Context) -> Iterator[Finding]:
    """A folder without incident.md.

    What: a folder below `incidents/<year>/` has no incident.md that is a regular file.
    Why: the incident holds the clocks and the lead; nothing about its releases can be judged without it.
    Fix: add incident.md, or move the files to the folder of their incident.
    """
    for fault in _faults(document, FaultKind.NO_INCIDENT_FILE):
        yield Finding(
            fault.span,
            message("the folder {folder} has no incident.md", folder=fault.detail),
            message("add incident.md, or move the files to the folder of their incident"),
        )


RULES: tuple[Rule, ...] = (
    Rule("S001", Severity.ERROR, _empty),
    Rule("S002", Severity.ERROR, _no_front_matter),
    Rule("S003", Severity.ERROR, _encoding),
    Rule("S004", Severity.ERROR, _too_large),
    Rule("S005", Severity.ERROR, _forbidden_character),
    Rule("S006", Severity.ERROR, _syntax),
    Rule("S021", Severity.ERROR, _wide_colon),
    Rule("S007", Severity.ERROR, _duplicate_key),
    Rule("S008", Severity.ERROR, _yaml_feature),
    Rule("S009", Severity.ERROR, _unknown_key),
    Rule("S010", Severity.ERROR, _missing_key),
    Rule("S011", Severity.ERROR, _bad_value),
    Rule("S012", Severity.ERROR, _bad_time),
    Rule("S013", Severity.ERROR, _placement),
    Rule("S014", Severity.ERROR, _no_incident_file),
)
