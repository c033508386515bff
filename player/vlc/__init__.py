"""Plays with libVLC what FFmpeg refuses, in a process of its own, behind the messages of `player.protocol`.

VLC has no frame table and does not say which frame it shows, so here pictures are named by nominal *moments* of media
time, and each comes with the media time at which VLC showed it, estimated, and by how much that may be wrong. Only
`library` imports `vlc`. The window imports nothing of this room but `entry` and `moments`.
"""
