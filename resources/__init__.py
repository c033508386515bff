"""Data that ships with Sightline: icons, style sheets, shaders, report templates, translations.

There is no code in here, only the way to the files: `resources.path("styles/sightline.qss")`.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def path(name: str) -> Path:
    """Return the file `name` of this folder, given with forward slashes.

    Raises:
        FileNotFoundError: there is no such file, which is a packaging fault.
    """
    found = Path(str(files(__name__))) / name
    if not found.is_file():
        raise FileNotFoundError(f"Sightline's own file {name!r} is missing from the installation")
    return found
