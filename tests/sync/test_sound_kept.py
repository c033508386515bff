"""Where a recording has no sound: told from the streams alone, and with what was found in the sound."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from evidence.records import StreamInfo, StreamKind
from evidence.times import NS_PER_S
from sync.coverage import Coverage
from sync.sound_kept import Silence, SoundLack, sound_of
from sync.timeline import PlacedRecording, Timeline
from tests.support.timelines import START_NS, make_timeline

VIDEO = StreamInfo(0, StreamKind.VIDEO, "h264", Fraction(1, 25), 0, 1500, 1500)


def audio(start_s: int = 0, end_s: int = 60) -> StreamInfo:
    return StreamInfo(1, StreamKind.AUDIO, "aac", Fraction(1, 8000), start_s * 8000, end_s * 8000, 100)


def place(sound: StreamInfo | None) -> PlacedRecording:
    """A minute of picture."""
    made = make_timeline([[(0, 60 * NS_PER_S)]]).cameras[0].placed[0]
    streams = (VIDEO,) if sound is None else (VIDEO, sound)
    number = None if sound is None else 1
    return replace(made, recording=replace(made.recording, streams=streams, video_stream=0, audio_stream=number))


def silence(start_s: float, end_s: float, lack: SoundLack = SoundLack.SILENT) -> Silence:
    return Silence(int(start_s * NS_PER_S), int(end_s * NS_PER_S), lack)


def spans(recording: PlacedRecording, *silences: Silence) -> list[tuple[float, float, SoundLack, bool]]:
    found = sound_of(recording, {recording.recording.id: silences})
    assert found.is_looked_at
    return [
        ((one.span.start - START_NS) / NS_PER_S, (one.span.end - START_NS) / NS_PER_S, one.lack, one.is_from_start)
        for one in found.lacking
    ]


def test_without_a_sound_stream_all_of_it_is_without_sound() -> None:
    (one,) = sound_of(place(None), {}).lacking
    assert (one.lack, one.is_whole, one.span.duration_ns) == (SoundLack.NO_STREAM, True, 60 * NS_PER_S)


def test_sound_that_nobody_looked_at_is_unknown() -> None:
    found = sound_of(place(audio()), {})
    assert (found.lacking, found.is_looked_at) == ((), False)


def test_sound_that_begins_half_a_minute_after_the_picture_is_told_from_the_stream_alone() -> None:
    found = sound_of(place(audio(start_s=30)), {})
    (one,) = found.lacking
    assert (one.lack, one.is_from_start, one.is_whole) == (SoundLack.NOT_RECORDED, True, False)
    assert (one.span.start, one.span.end) == (START_NS, START_NS + 30 * NS_PER_S)
    assert not found.is_looked_at


def test_sound_that_ends_before_the_picture() -> None:
    assert spans(place(audio(end_s=50))) == [(50, 60, SoundLack.NOT_RECORDED, False)]


def test_silence_from_the_start_and_in_the_middle() -> None:
    assert spans(place(audio()), silence(0.02, 30), silence(40, 45)) == [
        (0.02, 30, SoundLack.SILENT, True),
        (40, 45, SoundLack.SILENT, False),
    ]


def test_a_late_stream_and_the_silence_after_it_are_one_stretch() -> None:
    assert spans(place(audio(start_s=2)), silence(2, 30)) == [(0, 30, SoundLack.SILENT, True)]


def test_less_than_a_second_and_what_lies_outside_of_the_picture_is_no_news() -> None:
    assert spans(place(audio()), silence(10, 10.9), silence(59.5, 70), silence(-5, 0.5)) == []


def test_a_range_tells_of_the_silence_that_reaches_into_it() -> None:
    one = place(audio())
    row = replace(make_timeline([[]]).cameras[0], placed=(one,))
    coverage = Coverage(Timeline((row,), ()), {one.recording.id: (silence(0, 30),)})
    whole = coverage.whole()
    assert whole is not None
    assert [len(camera.lacking_sound) for camera in whole.cameras] == [1]
    assert whole.cameras[0].sound_unknown == ()
    late = coverage.in_range(replace(whole.asked, start=one.incident_at_media_ns(30 * NS_PER_S)))
    assert late.cameras[0].lacking_sound == ()
