"""Where in which files a camera's sound lies: stretches in which file time runs evenly with incident time."""

from __future__ import annotations

from collections.abc import Container, Mapping

from evidence.times import NS_PER_S, IncidentTime
from player.sound_protocol import SoundPiece, SoundVoice
from player.tracks import Track

_PIECE_NS = 30 * NS_PER_S


def has_sound(track: Track) -> bool:
    """Tell whether any recording of a camera has sound."""
    return any(place.recording.audio_stream is not None for place in track.camera.placed)


def sound_voices(
    tracks: Mapping[str, Track], start: IncidentTime, end: IncidentTime, without: Container[bytes] = ()
) -> tuple[SoundVoice, ...]:
    """Return what several cameras hear in a stretch of the incident, leaving out some files."""
    return tuple(
        SoundVoice(
            camera_id,
            tuple(piece for piece in sound_pieces(track, start, end) if piece.path_bytes not in without),
        )
        for camera_id, track in tracks.items()
    )


def sound_pieces(track: Track, start: IncidentTime, end: IncidentTime) -> tuple[SoundPiece, ...]:
    """Return where in which files the sound of a stretch of the incident lies."""
    pieces: list[SoundPiece] = []
    for stretch, place in track.stretches(start, end):
        recording = place.recording
        if recording.audio_stream is None:
            continue
        for first in range(stretch.start, stretch.end, _PIECE_NS):
            last = min(first + _PIECE_NS, stretch.end)
            pieces.append(
                SoundPiece(
                    path_bytes=recording.path_bytes,
                    display_name=recording.display_name,
                    stream_index=recording.audio_stream,
                    start=IncidentTime(first),
                    end=IncidentTime(last),
                    media_start_ns=place.media_ns_at(IncidentTime(first)),
                    media_end_ns=place.media_ns_at(IncidentTime(last)),
                )
            )
    return tuple(pieces)
