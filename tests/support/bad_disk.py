"""A disk that fails on request, under a whole program: a library laid before the system's, for Linux with a compiler.

Only reads of files whose names end in `.mp4` are touched, so that the program itself and its logs stay as they are.
When a write first found the disk full is noted.
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
#include <time.h>
#include <unistd.h>

static volatile char *shared(void) {
    static volatile char *found;
    if (!found) {
        int file = open(getenv("BAD_DISK"), O_RDWR);
        found = mmap(0, 16, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        close(file);
    }
    return found;
}
static char state(void) { return *shared(); }
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
ssize_t write(int file, const void *from, size_t count) {
    static ssize_t (*next)(int, const void *, size_t);
    if (!next) next = dlsym(RTLD_NEXT, "write");
    ssize_t written = next(file, from, count);
    if (written < 0 && errno == ENOSPC) {
        volatile long long *failed = (volatile long long *)(shared() + 8);
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        if (!*failed) *failed = now.tv_sec * 1000000000LL + now.tv_nsec;
        errno = ENOSPC;
    }
    return written;
}
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
        self._told.write_bytes(bytes(16))
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
        with self._told.open("r+b") as file:
            file.write(disk.value)

    @property
    def full_since(self) -> float | None:
        """When a write first failed since the disk was full, s of the monotonic clock; None while none has."""
        return int.from_bytes(self._told.read_bytes()[8:], "little") / 1e9 or None
