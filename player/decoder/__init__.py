"""Decodes one camera in a process of its own.

A broken or hostile file can end this process, never the window. It imports neither Qt nor the database. `process` is
its main loop, `worker` decides what to decode next, `reader` finds exact frames in a file, `convert` makes pictures.
"""
