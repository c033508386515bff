"""Shaders of the tiles: sources, and what `make shaders` compiled of them for every graphics interface."""
