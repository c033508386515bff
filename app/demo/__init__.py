"""The demo incident: a generated night-street incident with known truth, for trying things out and for tests.

One scene in space is projected into every camera and heard by every microphone, and every device has its own wrong
clock. `make_demo` makes it, `load_truth` tells when each frame was really taken, `frame_code.read` reads a frame's
number back from the pixels of a screen. Nothing here knows Qt. `docs/demo.md` tells the story and the file formats.
"""

from app.demo.build import DemoCamera, DemoFile, DemoResult, find_demo, make_demo
from app.demo.plan import DemoRequest
from app.demo.truth import Truth, load_truth

__all__ = [
    "DemoCamera",
    "DemoFile",
    "DemoRequest",
    "DemoResult",
    "Truth",
    "find_demo",
    "load_truth",
    "make_demo",
]
