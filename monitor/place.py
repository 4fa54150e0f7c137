"""Where the database's file lies: on a disk of this machine, or somewhere that cannot lock it."""

from pathlib import Path

_MOUNTS = Path("/proc/self/mountinfo")
_NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "coda", "ceph", "glusterfs", "lustre"}
) | {
    "beegfs",
    "ocfs2",
    "gfs2",
    "davfs",
    "fuse.sshfs",
    "fuse.rclone",
    "fuse.s3fs",
    "fuse.glusterfs",
}


class NotHere(Exception):
    """The SQLite file lies on a network file system, whose locks do not hold."""

    def __init__(self, path: Path, kind: str) -> None:
        from monitor.words import _

        super().__init__(f"{path} lies on {kind}")
        sentence = _(
            "Die Datenbankdatei {path} liegt auf einem Netzlaufwerk ({kind}); dort geht sie kaputt. "
            "Legen Sie sie auf eine Platte dieses Rechners, oder nehmen Sie PostgreSQL."
        )
        self.sentence = sentence.format(path=path, kind=kind)


def network_of(path: Path, mounts: Path = _MOUNTS) -> str | None:
    """The network file system that `path` lies on; None if it is a local one, or this system does not say."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    wanted, best, kind = path.resolve(), -1, ""
    for line in lines:
        before, found, after = line.partition(" - ")
        words = before.split()
        if not found or len(words) < 5:
            continue
        point = Path(words[4].replace("\\040", " "))
        if wanted.is_relative_to(point) and len(point.parts) >= best:
            best, kind = len(point.parts), after.split()[0]
    return kind if kind in _NETWORK else None


def refuse_network(path: Path | None) -> None:
    """Stop before anything is written there.

    Raises:
        NotHere: it is a network file system.
    """
    kind = network_of(path.parent) if path is not None else None
    if path is not None and kind is not None:
        raise NotHere(path, kind)
