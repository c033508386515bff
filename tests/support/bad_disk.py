"""A disk that fails on request, under a whole program: a library laid before the system's, for Linux with a compiler.

Only files whose names end in `.mp4` are touched, so that the program itself and its logs stay as they are.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from enum import Enum
from pathlib import Path

_SOURCE = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

static char state(void) {
    static volatile char *shared;
    if (!shared) {
        int file = open(getenv("BAD_DISK"), O_RDONLY);
        shared = mmap(0, 1, PROT_READ, MAP_SHARED, file, 0);
        close(file);
    }
    return *shared;
}
static int is_media(int file) {
    char name[64], path[4096];
    snprintf(name, sizeof name, "/proc/self/fd/%d", file);
    ssize_t length = readlink(name, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return strstr(path, ".mp4") != 0;
}
static int fails(int file, size_t count) {
    char now = state();
    if (now == 'w' || !is_media(file)) return 0;
    if (now == 'e') return 1;
    usleep(now == 's' ? count : count * 20);
    return 0;
}
#define READ(name) \
    ssize_t name(int file, void *into, size_t count, off_t at) { \
        static ssize_t (*next)(int, void *, size_t, off_t); \
        if (!next) next = dlsym(RTLD_NEXT, #name); \
        if (fails(file, count)) { errno = EIO; return -1; } \
        return next(file, into, count, at); \
    }
READ(pread)
READ(pread64)
"""


class Disk(Enum):
    """How the disk is."""

    WELL = b"w"
    SLOW = b"s"
    """1 MB/s."""

    CRAWLING = b"c"
    """50 kB/s."""

    BROKEN = b"e"
    """Every read fails (EIO), as of a drive that was pulled out."""


class BadDisk:
    """The library, built in a folder of its own, and what it is told."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        source, self._library, self._told = folder / "bad.c", folder / "bad.so", folder / "told"
        source.write_text(_SOURCE)
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", self._library, source, "-ldl"], check=True)
        self.be(Disk.WELL)

    @staticmethod
    def is_there() -> bool:
        """Whether this machine can do it."""
        return os.name == "posix" and Path("/proc/self/fd").is_dir() and shutil.which("cc") is not None

    @property
    def environment(self) -> dict[str, str]:
        """What a program is started with to have this disk."""
        return {"LD_PRELOAD": str(self._library), "BAD_DISK": str(self._told)}

    def be(self, disk: Disk) -> None:
        """Be so from now on."""
        with self._told.open("r+b" if self._told.exists() else "wb") as file:
            file.write(disk.value)
