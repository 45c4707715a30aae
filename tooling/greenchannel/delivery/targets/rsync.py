"""A folder of another machine, through the stock rsync and ssh: what an office's web server has anyway.

1. No shell reads a path: arguments are a list, names go over standard input, `--protect-args` covers the far side.
2. ssh asks nobody and believes no key it does not know.
3. Bytes decide, not size and time. A file is replaced whole; its time of change travels with it. Nothing is deleted.
4. The folder must be there: one that is missing may be a disk that is not mounted. Of links none is sent or followed.
5. What is read back must be said file by file: silence counts as a difference.

rsync syncs the files, not the folders that hold their names: a power cut of the far side can take back the last
seconds. The next `build --clean` finds that.
"""

import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from greenchannel.delivery.targets import TargetError
from greenchannel.delivery.writing import empty_folders, outliving
from greenchannel.desk.places import RsyncPlace
from greenchannel.domain.message import Message, message

_COMMON = ("--protect-args", "--8-bit-output", "--from0", "--files-from=-", "--checksum")
_SEND = ("--times", "--omit-dir-times", "--perms", "--chmod=D755,F644", "--fsync")
# Of the folders that are named, what is at risk and not here goes there; no folder is made. `--delete-missing-args`
# would be it, but Debian's rsync refuses that since its security update of May 2026.
_REMOVE = ("--dirs", "--delete", "--existing")
_PROTECT_THE_REST = b"P **\0"
_LOOK = ("--dry-run", "--itemize-changes", "--itemize-changes", "--out-format=%i %n")
_MARK = 11  # letters of %i
_NEW = "+++++++++"
_NOISE = re.compile(r" at \S+\.c\(\d+\) \[\S+\]")  # Where in rsync's own source it was said.
_LONGEST = 30  # times `seconds`, for one batch as a whole
_TRIES = 3  # On a busy machine rsync may fail and end before the reason has come from the far side.

# What an officer or the server's keeper can do something about, by what rsync and ssh say; the first that fits.
_CAUSES: tuple[tuple[str, Message], ...] = (
    (
        r"Host key verification failed|HOST IDENTIFICATION HAS CHANGED",
        message(
            "{host}: its host key is not known here, or is another than the known one; nothing was sent. Ask the "
            "server's keeper for the fingerprint; if it agrees, put the key into known_hosts (ssh-keyscan): {said}"
        ),
    ),
    (
        r"Permission denied \(|Too many authentication failures|Load key|no mutual signature",
        message("{host}: it does not let us in; is the public half of the identity in its authorized_keys? {said}"),
    ),
    (r"No space left|Disk quota exceeded", message("{host}: its disk is full, or the quota is used up: {said}")),
    (r"Read-only file system", message("{host}: its disk can only be read: {said}")),
    (
        r"unknown option|--fsync|on remote machine: -",
        message("{host}: rsync must be 3.2.4 or newer on both machines: {said}"),
    ),
    (
        r"command not found|rsync: not found|code 127|remote command not found",
        message("{host}: rsync is not installed there: apt-get install rsync: {said}"),
    ),
    (r"Failed to exec ssh", message("ssh is not installed here: apt-get install openssh-client: {said}")),
    (r'mkdir ".*/\." failed|change_dir#3', message("{host}:{folder}: not there; make the folder, or mount it: {said}")),
    (r"Permission denied \(13\)|Operation not permitted", message("{host}:{folder}: we may not write there: {said}")),
    (
        r"timeout in data|timed out|Timeout, server|code 3[05]",
        message("{host}: no answer in time; the line or the machine may be down: {said}"),
    ),
    (
        r"Could not resolve|Connection refused|No route to host|unreachable|Connection closed|Connection reset",
        message("{host}: cannot be reached at port {port}: {said}"),
    ),
    (
        r"connection unexpectedly closed|Broken pipe",
        message("{host}: the line broke; what arrived is whole, and the next build goes on from there: {said}"),
    ),
)


@dataclass(frozen=True, slots=True)
class RsyncTarget:
    """`seconds` without a byte, and the other side counts as gone."""

    place: RsyncPlace
    seconds: int = 60

    @property
    def name(self) -> str:
        return self.place.name

    def put(self, source: Path, paths: Sequence[str]) -> None:
        self._run(source, paths, _SEND)

    def differing(self, source: Path, paths: Sequence[str]) -> tuple[str, ...]:
        marks = self._look(source, paths)
        return tuple(one for one in paths if not marks.get(one, "").startswith(".f"))

    def missing(self, source: Path, paths: Sequence[str]) -> tuple[str, ...]:
        marks = self._look(source, paths)
        return tuple(one for one in paths if _NEW in marks.get(one, ""))

    def remove(self, paths: Sequence[str]) -> None:
        # It needs the folders at both ends: without them it would follow a link that stands there for one.
        at_risk = b"".join(f"R /{_literal(path)}\0".encode() for path in paths)
        folders = sorted({f"{path.rpartition('/')[0] or '.'}/" for path in paths})
        with empty_folders(paths, at_risk + _PROTECT_THE_REST) as (source, rules):
            self._run(source, folders, (*_REMOVE, f"--filter=merge {rules}"))

    def _look(self, source: Path, paths: Sequence[str]) -> Mapping[str, str]:
        """What rsync says of each path, after reading the bytes on both sides: ``.f`` is equal, pluses are new."""
        lines = self._run(source, paths, _LOOK).splitlines()
        return {line[_MARK + 1 :]: line[:_MARK] for line in lines}

    def _run(self, source: Path, paths: Sequence[str], how: Sequence[str]) -> str:
        if not paths:
            return ""
        for path in paths:
            if (source / path).is_symlink():
                # rsync would leave it out and call that a success.
                raise TargetError("{path}: a link stands in site/; remove it and run build --clean", path=path)
        names = "".join(f"{path}\0" for path in paths).encode()
        for left in reversed(range(_TRIES)):
            code, stdout, stderr = self._start(source, names, how)
            if not code:
                return stdout.decode(errors="replace")
            if stderr.strip() or not left:
                break
        raise self._failure(code, stderr)

    def _start(self, source: Path, names: bytes, how: Sequence[str]) -> tuple[int, bytes, bytes]:
        """Exit code and both outputs."""
        try:
            process = subprocess.Popen(  # noqa: S603  # Every part is checked in desk/places.py.
                self._command(source, how),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                pass_fds=outliving(),  # The lock of this place: if we are killed, no later run overtakes it.
            )
        except FileNotFoundError as error:
            raise TargetError("rsync is not installed here: apt-get install rsync openssh-client") from error
        with process:
            return self._answer(process, names)

    def _answer(self, process: subprocess.Popen[bytes], names: bytes) -> tuple[int, bytes, bytes]:
        try:
            # rsync counts silence on the line, but does not count while it waits for ssh to end.
            stdout, stderr = process.communicate(names, timeout=_LONGEST * self.seconds)
        except BaseException as error:
            process.terminate()  # It ends ssh, too.
            if isinstance(error, subprocess.TimeoutExpired):
                raise TargetError(
                    "{host}: not done in {seconds} seconds; given up", host=self.place.host, seconds=int(error.timeout)
                ) from error
            raise
        return process.returncode, stdout, stderr

    def _command(self, source: Path, how: Sequence[str]) -> tuple[str, ...]:
        shell = f"--rsh={' '.join(ssh(self.place, self.seconds))}"
        # rsync would make a missing last folder; one that ends in /. must be there.
        ends = (f"{source.absolute()}/", f"{self.place.host}:{self.place.folder}/.")
        return ("rsync", *_COMMON, *how, f"--timeout={self.seconds}", shell, "--", *ends)

    def _failure(self, code: int, stderr: bytes) -> TargetError:
        text = stderr.decode(errors="replace")
        lines = [_NOISE.sub("", "".join(filter(str.isprintable, one))) for one in text.splitlines() if one.strip()]
        place = self.place
        for pattern, cause in _CAUSES:
            if said := next((one for one in lines if re.search(pattern, one)), ""):
                return TargetError(cause.template, host=place.host, folder=place.folder, port=place.port, said=said)
        said = next((one for one in reversed(lines) if not one.startswith("rsync error:")), f"rsync {code}")
        return TargetError("{host}: rsync failed: {said}", host=place.host, said=said)


def _literal(path: str) -> str:
    """As a pattern; a backslash is one of its own only where there is something to escape."""
    return re.sub(r"([\\*?\[])", r"\\\1", path) if re.search(r"[*?\[]", path) else path


def ssh(place: RsyncPlace, seconds: int) -> tuple[str, ...]:
    """ssh as rsync starts it; rsync splits the text at blanks, and no part of it has one."""
    options = [
        "BatchMode=yes",
        "StrictHostKeyChecking=yes",
        "UpdateHostKeys=no",
        f"ConnectTimeout={seconds}",
        f"ServerAliveInterval={max(1, seconds // 3)}",
        "ServerAliveCountMax=3",
        "ClearAllForwardings=yes",
        "ForwardAgent=no",
        "PermitLocalCommand=no",
        "LogLevel=ERROR",
    ]
    if place.known_hosts:
        options += [f"UserKnownHostsFile={place.known_hosts}", "GlobalKnownHostsFile=/dev/null"]
    if place.identity:
        options += ["IdentitiesOnly=yes", f"IdentityFile={place.identity}"]
    return ("ssh", "-p", str(place.port), *(part for one in options for part in ("-o", one)))
