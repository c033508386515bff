"""Where this user's signing key and the keys that he knows are kept: beside the settings."""

from __future__ import annotations

from platformdirs import user_config_path

from courtroom.pack.key_shelf import KeyShelf


def own_keys() -> KeyShelf:
    """Return the shelf of keys of whoever runs the program."""
    return KeyShelf(user_config_path("sightline", appauthor=False) / "keys")
