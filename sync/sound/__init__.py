"""Matches recordings by what their microphones heard.

`decode` reads sound, `features` makes what is searched, `search` finds where two recordings might meet, `windows`
measures there to a fraction of a sample, `line` fits offset and drift and asks whether chance or repetition could have
made them, `match` puts it together.
"""
