"""Every command of the program, declared once: a module for each room, put together by `app.command_list`."""
