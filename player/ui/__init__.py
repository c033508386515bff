"""The player's widgets: the surface that shows the tiles, where they lie, the timeline, and the way to the speakers.

Widgets mirror the engine and ask it for changes; they hold no truth of their own.
"""

from __future__ import annotations

from player.ui.none_guard import keep_none_alive

keep_none_alive()
