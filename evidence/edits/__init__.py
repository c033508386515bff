"""The changes that people make to a case, by topic; `evidence.case.Case` has them all.

Each is one transaction with its audit entries, and asks who makes it. To add a change: 1. write a method in the topic
it belongs to, within `self.change(by, "doing what")`; 2. load what it needs and check it, abandoning the change where
nothing would change; 3. `tell` what was done, old and new; 4. test that the row and the line in `audit.log` are there.
"""
