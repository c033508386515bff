"""Marks, notes, shapes, transcripts, clips, redactions and reports: what people say about what was filmed.

Marks on a picture are kept in the file's own media time, so that re-syncing never slides them off their frame;
marks on the incident are kept in incident time. All of it changes through `journal`, which keeps what was, so that it
can be told and taken back; `kinds` lists what there is, `models` has the tables.
"""
