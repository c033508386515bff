"""Lays what moves in one recording along what moves in another, for fixed cameras that share neither sound nor light.

`reading` notes where the picture changes and which way, while it is decoded for its light; `likeness` says at each
instant how unlike that is to what moved a little earlier and later; `laying` lays two recordings along one another;
`observe` makes a possible match of it, which counts only once a person has looked at both pictures (decision 23).
"""
