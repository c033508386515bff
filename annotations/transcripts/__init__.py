"""Transcripts: who said what in a recording, read from files of others, written by hand or made by a machine.

A cue is kept in the media time of its recording, so that what is learnt about a clock later never slides it off its
frame. `reading` reads untrusted files, in a child process that `reader` drives; one module a format says what of a
file could not be read, line by line. `placing` says where in which recordings its times lie, `edits` changes what is
kept, `writing` makes files for others.
"""
