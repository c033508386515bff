"""Qt's part of the court room: pages drawn in a child process, pictures of items, the list of a run sheet."""
