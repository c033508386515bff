"""Clips: named ranges of the incident with their cameras, exhibit reference and what was exported of them.

`clip` says what one is and keeps it in the case through the journal, `exhibits` proposes its reference, `export` has it
cut (`annotations.cuts`) and notes what was made.
"""
