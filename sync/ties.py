"""What the solver is given: clocks with their stretches of recording, and ties between their readings."""

from __future__ import annotations

from dataclasses import dataclass

from evidence.times import DurationNs


@dataclass(frozen=True, slots=True)
class Stretch:
    """One recording on its camera's clock.

    Attributes:
        key: id of the recording.
        clock: id of the camera.
        start_ns: what the clock read at its beginning, device time.
        end_ns: and at its end.
        start_sigma_ns: standard uncertainty of how its start stands to the camera's other recordings, ns: the
            resolution of the claim over the square root of 12.
    """

    key: str
    clock: str
    start_ns: int
    end_ns: int
    start_sigma_ns: DurationNs


@dataclass(frozen=True, slots=True)
class Reading:
    """What a clock read within a stretch, device time in ns."""

    stretch: str
    device_ns: int


@dataclass(frozen=True, slots=True)
class Tie:
    """One moment known on two clocks, or on one and on UTC.

    Attributes:
        key: unique name, for instance the observation's id.
        group: ties of one group share an error and stand or fall together.
        one: reading of one clock.
        other: reading of another clock at the same moment, or None for UTC.
        utc_ns: the instant of UTC, ns since the epoch; only without `other`.
        sigma_ns: standard uncertainty of its own, ns; positive.
        common_sigma_ns: standard uncertainty that its group shares, ns.
        is_device_clock: a device's own clock taken at its word: ties to UTC, but weakly.
        is_overlay: a device's own clock as its pictures show it: ties moments of that clock to one another, and is
            taken for UTC by nobody.
        is_unsaid: a person dated it and did not say how sure that is: `sigma_ns` is assumed, to weigh it by.
    """

    key: str
    group: str
    one: Reading
    other: Reading | None
    utc_ns: int | None
    sigma_ns: DurationNs
    common_sigma_ns: DurationNs = 0
    is_device_clock: bool = False
    is_overlay: bool = False
    is_unsaid: bool = False

    @property
    def pull(self) -> float:
        """How strongly it holds: one by the square of its whole sigma, in seconds."""
        return 1e18 / (self.sigma_ns**2 + self.common_sigma_ns**2)

    def __post_init__(self) -> None:
        if (self.other is None) == (self.utc_ns is None):
            raise ValueError(f"tie {self.key} goes either to another clock or to UTC")
        if self.sigma_ns <= 0 or self.common_sigma_ns < 0:
            raise ValueError(f"tie {self.key} needs a sigma above 0")


@dataclass(frozen=True, slots=True)
class Step:
    """A clock that was set, or jumped, between two readings.

    Attributes:
        after_ns: last reading of the old state, device time.
        before_ns: first reading of the new state.
        step_ns: by how much it went forward; 0 until solved.
    """

    clock: str
    after_ns: int
    before_ns: int
    step_ns: int = 0

    @property
    def middle_ns(self) -> int:
        """Where the step is put for want of better knowledge."""
        return (self.after_ns + self.before_ns) // 2


@dataclass(frozen=True, slots=True)
class SolverSettings:
    """What is believed before anything is observed, and how much a residual may stand out.

    Attributes:
        drift_sigma_ppm: standard deviation of drift among devices.
        wander_ppm: how far a clock's rate strays where nothing observes it.
        reject_beyond: standardised residual from which a group is an outlier.
        step_beyond: standardised size from which a step is believed.
    """

    drift_sigma_ppm: float = 100.0
    wander_ppm: float = 1.0
    reject_beyond: float = 4.5
    step_beyond: float = 6.0
