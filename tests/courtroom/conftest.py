"""What tests of the court room stand on: cases with recordings, made once and copied."""

from tests.evidence.conftest import (  # noqa: F401
    _empty_pattern,
    _full_pattern,
    case,
    case_folder,
    full_case,
    originals,
    quick_folder,
)
