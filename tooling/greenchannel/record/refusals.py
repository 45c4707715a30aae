"""The manual of the gate: what each refusal means, why it stands, and what to do."""

from collections.abc import Mapping

MANUALS: Mapping[str, str] = {
    "G601": """Errors in its files.

What: the check finds errors in the release or in its incident.
Why: what is wrong on the desk must not become public.
Fix: run greenchannel check and mend what it names; errors of other releases do not count here.""",
    "G602": """Nobody approved it.

What: there is no approval beside the file.
Why: two people see a text before the public does. An approval from before a withdrawal counts no longer.
Fix: another person than the author runs greenchannel approve RELEASE --by PERSON.""",
    "G603": """The text changed after it was approved.

What: the release, an attachment, its incident or release_at is not what was approved.
Why: an approval is for exactly these words at that time; any later edit voids it.
Fix: have the present text approved again.""",
    "G604": """The approval does not count.

What: the person who approved is not entitled to (approves in registry/people.yml), or wrote the text.
Why: author and approver must be two people, and the second one must answer for it.
Fix: have another, entitled person approve it.""",
    "G605": """Embargoed.

What: the time of release_at has not come.
Why: nothing of it may be seen before.
Fix: wait, or change release_at and have it approved again (the approval covers it).""",
    "G606": """The clock is behind the record.

What: this machine's time lies before the last line of the record.
Why: the record's times never go back; a wrong clock would date a release wrongly.
Fix: set the machine's clock right (time service), then publish again.""",
    "G607": """A change without a note.

What: the text or an attachment differs from the public one, or it was withdrawn, and changes has no new entry.
Why: the public is told what was changed and why.
Fix: add an entry to changes with kind (correction, update, minor) and note, and have it approved again.""",
    "G608": """Nothing changed.

What: this very text is public already.
Why: a second publication of the same words would only look like news.
Fix: nothing is to be done, unless an edit was not saved.""",
    "G609": """The duty rule is for facts alone.

What: the release was approved by one officer on duty (approve --on-duty), and it is no fact release.
Why: only the first facts are owed within the hour; everything else has time for two people.
Fix: another person than the author runs greenchannel approve RELEASE --by PERSON.""",
    "G611": """It explains what is not public.

What: basis names a release that has not been published.
Why: the address of that release would become public with this one, before its time.
Fix: publish the release that basis names first.""",
    "G610": """An attachment cannot go out.

What: a listed attachment is missing, of a kind that is not released, or cannot be cleaned of hidden data.
Why: files tell who made them, where and from what; only what was cleaned may become public, and nothing half.
Fix: do what the reason says, or take the attachment off the list; then have the release approved again.""",
}
