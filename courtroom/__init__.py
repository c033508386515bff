"""Run sheets, court packs, preflight, the presenter's console and the court screen.

What is shown in court is played from the local disk, without a network and without a desktop ever showing. The room
is empty until the first run sheet can be made.
"""
