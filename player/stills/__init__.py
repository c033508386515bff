"""Exact stills: the very frame that covers an instant, full size, as a PNG that says where it comes from.

`job` finds the frames of all cameras at an instant and saves them; `maker` has one frame decoded in a child process,
`child` is that process; `geometry` says how large the picture is; `png` writes the file and `provenance` what is said
in it. The child stays light because nothing is handed on here.
"""
