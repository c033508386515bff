"""Instants and lengths of time as the text people read: `evidence.time_text`, by the name that the shell knows it."""

from __future__ import annotations

from evidence.time_text import (
    NS_PER_MS,
    LocalTimes,
    at_most_text,
    digits_text,
    duration_text,
    error_text,
    offset_text,
    sigma_text,
    size_text,
)

__all__ = [
    "NS_PER_MS",
    "LocalTimes",
    "at_most_text",
    "digits_text",
    "duration_text",
    "error_text",
    "offset_text",
    "sigma_text",
    "size_text",
]
