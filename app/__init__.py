"""The Qt shell: composition root, commands, settings, jobs, windows and the `sightline` command line.

Everything else is a library to this room. `app.bootstrap` builds every object through constructor arguments, and
`app.commands` declares every command once, for menus, keys and the shortcuts page alike.
"""
