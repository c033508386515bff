"""Matches recordings by what their lenses saw brighten and darken: flashes, strobes, headlights, lights switched.

`decode` reads how bright a coarse grid of the picture is in every frame, `channels` makes comparable series of it,
`search` finds where two recordings might meet, `line` fits offset and drift to a fraction of a frame, `match` says
whether irregular events make that more than chance. Strobes are periodic, so they alone never join two recordings.
"""
