"""Puts every device clock on the incident clock, and says how sure it is.

A camera is a clock. This room turns what is known about clocks (claims of time, stated errors, matches) into one
map per camera from device time to incident time, together with its uncertainty. It knows no Qt. `solver` does it from
`ties`; docs/decisions/0011 tells how.
"""
