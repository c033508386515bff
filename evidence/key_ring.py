"""Secrets in the operating system's keyring. This is the module that imports `keyring`.

Where there is no keyring, or one that keeps nothing, that is said; nothing is kept in a worse place silently.
"""

from __future__ import annotations

import logging

import keyring
from keyring.errors import KeyringError

_SERVICE = "Sightline"
_LOG = logging.getLogger(__name__)


def has_keyring() -> bool:
    """Tell whether there is a keyring that may keep secrets; whether it does is seen when one is kept."""
    try:
        return float(keyring.get_keyring().priority) > 0
    except (KeyringError, RuntimeError) as error:
        _LOG.warning("no keyring could be found: %s", error)
        return False


def find_secret(name: str) -> str | None:
    """Return the secret of this name, or None where the keyring has none or cannot be asked."""
    try:
        return keyring.get_password(_SERVICE, name)
    except (KeyringError, RuntimeError) as error:
        _LOG.warning("the keyring could not be asked: %s", error)
        return None


def keep_secret(name: str, secret: str) -> bool:
    """Keep a secret; return whether the keyring gives it back, as some take everything and keep nothing."""
    try:
        keyring.set_password(_SERVICE, name, secret)
    except (KeyringError, RuntimeError) as error:
        _LOG.warning("the keyring does not keep secrets: %s", error)
        return False
    return find_secret(name) == secret
