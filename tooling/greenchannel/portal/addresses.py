"""Where files of the record stand on the site. Public addresses are only ever added to."""


def public_path(frozen: str) -> str:
    """Where a frozen text stands on the site: ``2026/x/fact-1.r2.md`` -> ``releases/2026/x/fact-1/r2.md``.

    A translation, ``fact-1.r2.en.md``, stands beside it as ``r2.en.md``; an attachment at the same path in both.
    """
    folder, _, name = frozen.rpartition("/")
    stem, dot, revision = name.partition(".")
    return f"releases/{folder}/{stem}/{revision}" if dot and name.endswith(".md") else f"releases/{frozen}"


def alias_path(release: str, name: str) -> str:
    """Where the newest file that a release has under a name stands on the site."""
    return f"releases/{release}/{name}"
