"""The timeline: a lane for each camera with when it was recording, a ruler, the playhead, the range and the marks.

`lanes` and `time_view` are pure: what there is, and which part of it is on screen. `painter` draws them and `widget`
takes the mouse. The widget holds no truth: it shows what it is given and asks for changes through its signals.
"""
