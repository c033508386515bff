"""Finds out what draws for Qt's rendering interface here: a graphics card, a program that plays one, or nothing."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PySide6.QtGui import QColor, QGuiApplication, QRhiCommandBuffer, QRhiDepthStencilClearValue, QRhiDriverInfo
from PySide6.QtWidgets import QRhiWidget

_SOFTWARE = re.compile(r"llvmpipe|softpipe|swrast|software|swiftshader|lavapipe|basic render|warp|virgl", re.IGNORECASE)
_WITHOUT = frozenset({"offscreen", "minimal", "vnc", "linuxfb"})
"""Qt's platforms that have no rendering interface."""

_SIDE = 16


@dataclass(frozen=True, slots=True)
class Adapter:
    """What draws.

    Attributes:
        backend: the interface: "OpenGL", "D3D11", "Metal", "Vulkan".
        name: what the driver calls itself.
        is_hardware: False for a program that does a graphics card's work with the processor.
    """

    backend: str
    name: str
    is_hardware: bool


class _Probe(QRhiWidget):
    """Is never shown; draws once, to see who does it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: Adapter | None = None
        self.resize(_SIDE, _SIDE)

    def initialize(self, _cb: QRhiCommandBuffer) -> None:
        """Look at the driver."""
        rhi = self.rhi()
        info = rhi.driverInfo()
        name = bytes(info.deviceName.data()).decode(errors="replace")
        is_processor = QRhiDriverInfo.DeviceType(info.deviceType) is QRhiDriverInfo.DeviceType.CpuDevice
        self.found = Adapter(str(rhi.backendName()), name, not is_processor and _SOFTWARE.search(name) is None)

    def render(self, cb: QRhiCommandBuffer) -> None:  # type: ignore[override]  # Qt has two methods of this name
        """Draw nothing."""
        clear = QRhiDepthStencilClearValue(1, 0)
        cb.beginPass(self.renderTarget(), QColor("black"), clear)
        cb.endPass()


def find_adapter(*, is_asked_for: bool) -> Adapter | None:
    """Return what draws, or None where nothing can.

    Args:
        is_asked_for: the user wants it though it may be a program; else one is not even looked for where the system
            has no graphics hardware, since starting it takes time and memory.
    """
    if QGuiApplication.platformName() in _WITHOUT:
        return None
    if not is_asked_for and not _may_have_hardware():
        return None
    return _probe()


@lru_cache(maxsize=1)
def _probe() -> Adapter | None:
    probe = _Probe()
    is_drawn = not probe.grabFramebuffer().isNull()
    return probe.found if is_drawn else None


def _may_have_hardware() -> bool:
    """Tell whether looking is worth it: Linux names graphics hardware among its devices."""
    if not sys.platform.startswith("linux"):
        return True
    return any(Path("/dev/dri").glob("renderD*")) or Path("/dev/nvidia0").exists()
