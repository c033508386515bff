"""Court mode without a window: what each key does, what the court sees because of it, and what is written down of that.

`machine` is the one place that decides; it is a pure function of states and events. `courtroom.ui` plays what it says.
Nothing here imports Qt.
"""
