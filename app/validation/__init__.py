"""Numbered clips in every kind of coding that evidence comes in, to check on any machine that each frame is found.

`clips` declares and makes them; each frame carries its number as a code in the picture, and each clip knows the
stamp of every frame. Nothing here knows Qt.
"""
