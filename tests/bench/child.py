"""A program of the benchmark's own in another process, told by lines what to do; each is answered."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence

_PATIENCE_S = 30.0


class Child:
    """A process that reads commands; see `tests.bench.serving`."""

    def __init__(
        self, module: str, arguments: Sequence[str], environment: Mapping[str, str], *, is_silent: bool = False
    ) -> None:
        """Start it and wait until it says that it is ready.

        Args:
            module: below `tests.bench`.
            arguments: of its command line.
            environment: for instance with another display.
            is_silent: throw away what it says on the error output.
        """
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"tests.bench.{module}", *arguments],
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL if is_silent else None,
            text=True,
        )
        self._answer()

    @property
    def process_id(self) -> int:
        """The operating system's number of the process."""
        return self._process.pid

    def tell(self, word: str, value: float | None = None) -> str:
        """Send a command and return the answer."""
        return self.tell_line(json.dumps([word, value]))

    def tell_line(self, line: str) -> str:
        """Send a line and return the answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return self._answer()

    def close(self) -> None:
        """Let it end, and see to it that it does."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise
        finally:
            self._process.stdout.close()

    def _answer(self) -> str:
        assert self._process.stdout is not None
        answer = self._process.stdout.readline().strip()
        if not answer:
            raise RuntimeError("a program of the benchmark ended before its time")
        return answer
