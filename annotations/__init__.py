"""Marks, notes, shapes, transcripts, clips, redactions and reports: what people say about what was filmed.

Marks on a picture are kept in the camera's own media time, so that re-syncing never slides them off their frame;
marks on the incident are kept in incident time. So far there are marks on the incident: `marks` says what one is and
keeps them in the case, `models` is their table.
"""
