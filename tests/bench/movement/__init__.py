"""An experiment: whether what moves, and where, tells when two fixed cameras filmed the same (decision 23).

`moving` reads where a recording's picture changes, `likeness` says at each instant how unlike the movement is to that
a little earlier and later, `compare` lays two recordings along one another. No part of the program uses it.
"""
