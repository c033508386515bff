"""`sightline transcribe`: says what is missing, writes down recording after recording, and keeps what is done."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import Self

import pytest

from annotations.speech.job import SpeechError, SpeechRequest, SpeechResult
from annotations.speech.recogniser import SpeechState, speech_state
from annotations.speech.sound import read_speech
from annotations.transcripts.edits import CueDraft, TranscriptDraft
from annotations.transcripts.read_records import TranscriptFormat
from annotations.transcripts.records import TranscriptKind
from app import transcribing
from app.cli import speech
from evidence.case import Case
from evidence.errors import Cancelled
from evidence.ingest import AddRequest, add_files
from evidence.jobs import IsCancelled, Progress, never_cancelled, no_progress
from tests.app.cli.test_main import answer, sightline
from tests.support.fake_recogniser import FakeRecogniser
from tests.support.recordings import encode


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a case of a camera with two recordings with sound, and one of pictures only."""
    folder = tmp_path_factory.mktemp("talk")
    for name, frames, with_sound in (("one.mp4", 75, True), ("two.mp4", 25, True), ("mute.mp4", 5, False)):
        encode(folder / name, frames=frames, with_sound=with_sound)
    paths = tuple(os.fsencode(folder / name) for name in ("one.mp4", "two.mp4", "mute.mp4"))
    with Case.create(folder / "A.sightline", title="A", reference="", by="me") as case:
        add_files(AddRequest(case.folder, paths, "me", "BWV 1"), no_progress, never_cancelled, case=case)
        return case.folder


def listen(request: SpeechRequest, _progress: Progress, cancelled: IsCancelled) -> SpeechResult:
    """Do what `annotations.speech.job.write_down` does, in this process, with a recogniser that keeps its promises."""
    if cancelled():
        raise Cancelled("Speech to text was cancelled.")
    recording = request.recording
    try:
        recogniser = FakeRecogniser(request.model_folder)
    except RuntimeError as error:
        raise SpeechError(str(error)) from error
    start_ns, samples = read_speech(recording.path_bytes, recording.display_name, recording.audio_stream or 0)
    heard = recogniser.recognise(samples, request.language)
    kinds = TranscriptKind.MACHINE, TranscriptFormat.SPEECH
    return SpeechResult(
        TranscriptDraft("Speech", recording.camera_id, *kinds, model=recogniser.model),
        tuple(CueDraft(recording.id, start_ns + one.start_ns, start_ns + one.end_ns, "", one.text) for one in heard),
    )


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a recogniser listen that needs no model."""
    monkeypatch.setattr(speech, "write_down_all", partial(transcribing.write_down_all, write=listen))
    monkeypatch.setattr(speech, "speech_state", lambda _folder: SpeechState(is_ready=True))


def test_what_is_missing_is_said_with_what_to_do(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for has_library, words in ((False, "pip install"), (True, "--model FOLDER")):
        monkeypatch.setattr(speech, "speech_state", partial(speech_state, has_library=has_library))
        done = sightline("transcribe", made, "BWV 1", "--model", tmp_path)
        assert done.returncode == 1
        assert words in done.stderr
    assert sightline("transcribe", made, "BWV 1", "--model", tmp_path, "--language", "English").returncode == 2


@pytest.mark.usefixtures("heard")
def test_each_recording_is_written_down_once(made: Path) -> None:
    done = answer("transcribe", made, "bwv 1", "--model", "any", "--language", "en-GB")
    assert done["ok"]
    assert [(one["name"], one["model"]) for one in done["recordings"]] == [("one.mp4", "fake 1"), ("two.mp4", "fake 1")]
    assert [one["reason"] for one in done["left_out"]] == ["it has no sound"]
    listed = answer("transcript", made, "--list")["transcripts"]
    assert {one["transcript"]["id"] for one in listed} == {one["transcript"] for one in done["recordings"]}
    assert all("not checked" in one["warning"] for one in listed)
    assert {cue["cue"]["text"] for one in listed for cue in one["cues"]} == {"loud en-GB"}
    again = sightline("transcribe", made, "BWV 1", "--model", "any", "--language", "en")
    assert again.returncode == 0
    assert again.stdout.count("its speech was written down before") == 2


@pytest.mark.usefixtures("heard")
def test_what_fails_is_told_and_what_is_cancelled_keeps_what_is_done(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told() -> list[str]:
        return [one["transcript"]["id"] for one in answer("transcript", made, "--list")["transcripts"]]

    before = told()
    broken = sightline("transcribe", made, "BWV 1", "--model", "broken", "--language", "en", "--again")
    assert broken.returncode == 1
    assert broken.stderr.count("Unable to open file 'model.bin'") == 2
    assert told() == before

    class Wish:
        """Ctrl+C once the first recording is in the case."""

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_what: object) -> None:
            pass

        def __call__(self) -> bool:
            return len(told()) > len(before)

    monkeypatch.setattr(speech, "interruptible", Wish)
    stopped = sightline("transcribe", made, "BWV 1", "--model", "any", "--language", "en", "--again")
    assert stopped.returncode == 130
    assert "(1 recordings)" in stopped.stderr
    assert len(told()) == len(before) + 1
