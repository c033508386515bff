"""Marks, notes, shapes, transcripts, clips, redactions and reports: what people say about what was filmed.

Marks on a picture are kept in the camera's own media time, so that re-syncing never slides them off their frame;
marks on the incident are kept in incident time. The room is empty until the first mark can be made.
"""
