"""What the file system says of a pack's files, to tell whether anything was touched since they were read.

Not a proof: whoever means to deceive can set a file's times. It tells when what was found by reading every byte must
not be said any more; where nothing differs, it says no more than was found then.
"""

from __future__ import annotations

from pathlib import Path

from courtroom.pack.listing import walk_pack

Stamps = tuple[tuple[str, int, int, int], ...]
"""Of everything in a folder: path from there, size in bytes, when content and state changed, ns since the epoch."""


def find_stamps(folder: Path) -> Stamps | None:
    """Return how everything in a pack stands now; None where that cannot be read. Follows no links; from any thread."""
    found = []
    try:
        root = folder.stat()
        for path, entry in walk_pack(folder):
            status = entry.stat(follow_symlinks=False)
            found.append((path, status.st_size, status.st_mtime_ns, status.st_ctime_ns))
    except OSError:
        return None
    return (("", root.st_dev, 0, 0), *found)
