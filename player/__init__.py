"""Plays every camera together, exact to the frame.

One playhead owns time; one decoder process per visible camera fills a ring of frames in shared memory; at every
refresh the presenter asks each ring for the frame that covers the playhead's instant, and one paint draws them all.
Qt lives in `player.ui` only; `player.decoder` runs in child processes and imports neither Qt nor the database.
"""
