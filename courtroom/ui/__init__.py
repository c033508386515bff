"""Qt's part of the court room: the court screen, the presenter's console, pages of documents, the list of a run sheet.

`conductor` does what the state machine says and owns both players; `court_screen` shows one finished picture at a time
and knows nothing else; `console` mirrors and presses. Pages are drawn in a child process (`page_reader`, `pages`).
"""

from __future__ import annotations

from player.ui.none_guard import keep_none_alive

keep_none_alive()
