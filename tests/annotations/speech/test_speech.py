"""Speech to text: what is missing is said, a job writes down what a recogniser hears, and a fake keeps its promises."""

from __future__ import annotations

import dataclasses
import importlib
import importlib.util
import inspect
import os
import sys
import types
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from annotations.speech.job import SpeechError, SpeechRequest, write_down
from annotations.speech.recogniser import RATE, Recogniser, speech_state
from annotations.speech.sound import read_speech
from annotations.speech.whisper import VOICE, Whisper
from annotations.transcripts.records import TranscriptKind
from evidence.errors import Cancelled
from evidence.examine import examine_file
from evidence.jobs import ProgressReport, never_cancelled, no_progress
from evidence.records import ItemClass, Recording
from tests.support import fake_recogniser
from tests.support.fake_recogniser import FakeRecogniser
from tests.support.recordings import encode


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    """Three seconds with sound."""
    path = encode(tmp_path_factory.mktemp("speech") / "talk.mp4", frames=75, with_sound=True)
    found = examine_file(bytes(path), lambda _count: None)
    return Recording(
        id="r", camera_id="c", path_bytes=bytes(path), display_name="talk.mp4", size_bytes=1, mtime_ns=0, sha256="",
        item_class=ItemClass.MASTER, exhibit="", container="", duration_ns=found.duration_ns, streams=found.streams,
        video_stream=found.video_stream, audio_stream=found.audio_stream, continues=None, added_ns=0,
    )  # fmt: skip


def test_what_is_missing_is_said_with_what_to_do(tmp_path: Path) -> None:
    without = speech_state("", has_library=False)
    assert not without.is_ready
    assert "pip install" in without.remedy
    unset = speech_state(" ", has_library=True)
    assert "No speech model" in unset.happened
    assert "never downloads" in unset.remedy
    empty = speech_state(str(tmp_path), has_library=True)
    assert "model.bin, config.json, tokenizer.json, vocabulary.json" in empty.happened
    for name in ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt"):
        (tmp_path / name).write_bytes(b"x")
    assert speech_state(str(tmp_path), has_library=True).is_ready


def test_a_job_writes_down_what_is_heard_in_media_time(recording: Recording) -> None:
    told: list[ProgressReport] = []
    request = SpeechRequest(recording, "model", "en-GB")
    result = write_down(request, told.append, never_cancelled, child=fake_recogniser.run)
    assert [cue.text for cue in result.cues] == ["loud en"] * len(result.cues)
    assert len(result.cues) in {2, 3}
    start_ns, samples = read_speech(recording.path_bytes, "talk.mp4", recording.audio_stream or 0)
    assert [cue.start_ns for cue in result.cues] == [start_ns + second * 10**9 for second in range(len(result.cues))]
    assert len(samples) == pytest.approx(3 * RATE, rel=0.05)
    assert (result.draft.kind, result.draft.model) == (TranscriptKind.MACHINE, "fake 1")
    assert "machine" in result.draft.notes[0]
    assert told[0].done == 0
    assert told[-1].done == len(result.cues)


@pytest.mark.parametrize(
    ("wished", "model", "language", "said"),
    [
        ("en-GB", "model", "en-GB", ""),
        ("", "model", "", ""),
        ("", "finds fr", "fr", "“fr” was found"),
        ("de", "finds en", "en", "“de” was asked for, but the model listened as for “en”"),
    ],
)
def test_a_transcript_has_the_language_in_which_the_model_listened(
    recording: Recording, wished: str, model: str, language: str, said: str
) -> None:
    """A model of one language takes any wish and listens in its own."""
    request = SpeechRequest(recording, model, wished)
    draft = write_down(request, no_progress, never_cancelled, child=fake_recogniser.run).draft
    assert draft.language == language
    assert any(said in note for note in draft.notes)
    assert len(draft.notes) == 1 + bool(said)


def test_what_goes_wrong_is_said_and_cancelling_ends_it(recording: Recording) -> None:
    with pytest.raises(SpeechError, match="Unable to open file"):
        write_down(SpeechRequest(recording, "broken"), no_progress, never_cancelled, child=fake_recogniser.run)
    heard: list[ProgressReport] = []
    with pytest.raises(Cancelled):
        write_down(SpeechRequest(recording, "slow"), heard.append, lambda: len(heard) > 1, child=fake_recogniser.run)


class _Said:
    def __init__(self, start: float, end: float, text: str) -> None:
        self.start, self.end, self.text = start, end, text


class _Library(types.ModuleType):
    """As much of faster-whisper as is called, with its own names of arguments."""

    __version__ = "1.2.0"

    class WhisperModel:
        def __init__(
            self,
            model_size_or_path: str,
            device: str = "auto",
            *,
            compute_type: str = "default",
            local_files_only: bool = False,
        ) -> None:
            assert local_files_only, "nothing may be downloaded"
            assert Path(model_size_or_path).is_dir()

        def transcribe(
            self,
            audio: object,
            language: str | None = None,
            beam_size: int = 5,
            condition_on_previous_text: bool = True,
            word_timestamps: bool = False,
            vad_filter: bool = False,
            vad_parameters: dict[str, object] | None = None,
        ) -> tuple[object, object]:
            assert isinstance(audio, np.ndarray)
            assert audio.dtype == np.float32
            assert word_timestamps, "a sentence would last until the next one begins"
            assert vad_filter, "words would be written into silence"
            seconds = len(audio) // RATE
            said = (_Said(second, second + 1.0, f" said {language or '?'} ") for second in range(seconds))
            return said, types.SimpleNamespace(language=language or "fr")


@pytest.fixture(params=["fake", "whisper"])
def recogniser(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recogniser:
    if request.param == "fake":
        return FakeRecogniser("model")
    monkeypatch.setitem(sys.modules, "faster_whisper", _Library("faster_whisper"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    return Whisper(str(tmp_path))


def test_every_recogniser_keeps_the_same_promises(recogniser: Recogniser) -> None:
    assert recogniser.model
    for language in ("en", ""):
        segments = list(recogniser.recognise(np.zeros(3 * RATE, dtype=np.float32), language))
        assert len(segments) == 3
        assert all(0 <= one.start_ns < one.end_ns <= 3 * 10**9 for one in segments)
        assert [one.start_ns for one in segments] == sorted(one.start_ns for one in segments)
        assert all(one.text == one.text.strip() != "" for one in segments)
        assert recogniser.language in {language, "fr"}
    assert list(recogniser.recognise(np.zeros(0, dtype=np.float32), "")) == []


def test_dots_are_no_speech(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = _Library("faster_whisper")
    monkeypatch.setitem(sys.modules, "faster_whisper", library)
    said = [_Said(0, 1, " ..."), _Said(1.5, 2, " Stop."), _Said(1.25, 3, " - 1 ")]
    monkeypatch.setattr(library.WhisperModel, "transcribe", lambda *_args, **_wishes: (iter(said), None))
    heard = list(Whisper(str(tmp_path)).recognise(np.zeros(3 * RATE, dtype=np.float32), "en"))
    assert [(one.start_ns, one.text) for one in heard] == [(1_500_000_000, "Stop."), (1_500_000_000, "- 1")]


REAL_MODEL = os.environ.get("SIGHTLINE_SPEECH_MODEL", "")
_HAS_LIBRARY = importlib.util.find_spec("faster_whisper") is not None


@pytest.mark.skipif(not _HAS_LIBRARY, reason="faster-whisper is not installed")
def test_the_real_library_takes_what_we_call_it_with() -> None:
    faster_whisper: Any = importlib.import_module("faster_whisper")
    made = inspect.signature(faster_whisper.WhisperModel.__init__).parameters
    called = inspect.signature(faster_whisper.WhisperModel.transcribe).parameters
    voice = {field.name for field in dataclasses.fields(importlib.import_module("faster_whisper.vad").VadOptions)}
    assert {"model_size_or_path", "device", "compute_type", "local_files_only"} <= set(made)
    assert {"audio", "language", "beam_size", "condition_on_previous_text"} <= set(called)
    assert {"word_timestamps", "vad_filter", "vad_parameters"} <= set(called)
    assert set(VOICE) <= voice


@pytest.mark.skipif(not (_HAS_LIBRARY and REAL_MODEL), reason="no faster-whisper, or SIGHTLINE_SPEECH_MODEL names none")
def test_the_real_engine_writes_down_and_says_why_it_cannot(recording: Recording, tmp_path: Path) -> None:
    assert speech_state(REAL_MODEL).is_ready
    told: list[ProgressReport] = []
    result = write_down(SpeechRequest(recording, REAL_MODEL, "en"), told.append, never_cancelled)
    assert result.cues == ()  # a steady tone is no speech
    assert told[0].total == 3
    assert result.draft.model.startswith("faster-whisper ")
    assert result.draft.language == "en"
    for name in sorted(path.name for path in Path(REAL_MODEL).iterdir()):
        (tmp_path / name).write_bytes((Path(REAL_MODEL) / name).read_bytes()[:100_000])
    with pytest.raises(SpeechError, match="could not be written down"):
        write_down(SpeechRequest(recording, str(tmp_path), "en"), no_progress, never_cancelled)
    with pytest.raises(Cancelled):
        write_down(SpeechRequest(recording, REAL_MODEL, "en"), no_progress, lambda: True)
