"""Reads the clock that a recorder burnt into its pictures, and finds the frames where its second ticks over.

`clock_face` parses what is written, `recogniser` reads it, `pictures` decodes frames, `place` finds where the clock is,
`agreement` and `ticks` make readings into bounds on the device's clock, `read` puts it together; `job` does it in child
processes, `observe` says what it means, `search` proposes it. docs/decisions/0022 tells why it is done so.
"""
