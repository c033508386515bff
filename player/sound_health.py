"""Which recordings broke the sound decoder, and how often: after three failures in a row one is left out."""

from __future__ import annotations

from dataclasses import dataclass

from player.sound_protocol import SoundReading

_MOST_FAILURES = 3
_NOBODY = b""


@dataclass
class _Case:
    camera_id: str
    display_name: str
    failures: int


class SoundHealth:
    """Counts failures by recording. Used on the window's thread."""

    def __init__(self) -> None:
        self._cases: dict[bytes, _Case] = {}

    @property
    def left_out(self) -> frozenset[bytes]:
        """Paths of the recordings that are not read any more."""
        return frozenset(path for path, case in self._cases.items() if path and case.failures >= _MOST_FAILURES)

    @property
    def is_broken(self) -> bool:
        """Whether the decoder fails though it reads nothing."""
        return _NOBODY in self._cases and self._cases[_NOBODY].failures >= _MOST_FAILURES

    def note_failure(self, reading: SoundReading | None) -> None:
        """The decoder ended or hung while it read this, or before it read anything."""
        path = _NOBODY if reading is None else reading.path_bytes
        case = self._cases.setdefault(
            path,
            _Case("" if reading is None else reading.camera_id, "" if reading is None else reading.display_name, 0),
        )
        case.failures += 1

    def note_success(self) -> None:
        """It has read on for long without a failure: those that were counted were not in a row."""
        self._cases = {path: case for path, case in self._cases.items() if case.failures >= _MOST_FAILURES}

    def forgive(self, camera_id: str) -> bool:
        """Try a camera's recordings again; return whether any was left out."""
        own = [path for path, case in self._cases.items() if case.camera_id in {camera_id, ""}]
        was_left_out = any(self._cases[path].failures >= _MOST_FAILURES for path in own)
        for path in own:
            del self._cases[path]
        return was_left_out

    def reasons(self) -> dict[str, str]:
        """Return by camera why a recording of it is not heard, in words for people."""
        return {
            case.camera_id: (
                f"The sound of {case.display_name} cannot be read: the sound decoder failed on it three times in a "
                "row. The original is unchanged. Mute and unmute the camera to try again, and verify the case."
            )
            for path, case in self._cases.items()
            if path and case.failures >= _MOST_FAILURES
        }
