"""Reports: what a file, a statement or a court needs of a case, as a page, as PDF and as a table.

`facts` reads the case once; `chronology`, `exhibits`, `timings` and `coverage` each make a `Report` of it: a paper for
people and rows for a spreadsheet. `angles` makes the pictures of a chronology, `otio` the timeline for editing.
To add a report: a module with a function that makes a `Report` of `CaseFacts`, a template, and a `ReportKind`.
"""
