"""Run sheets, court packs, preflight, the presenter's console and the court screen.

What is shown in court is played from the local disk, without a network and without a desktop ever showing. A run sheet
(`run_sheet`) says what is shown in which order; the case keeps every version of it (`run_sheet_store`); its JSON form
(`run_sheet_json`) is what travels; `sheet_edits` changes it. `documents` keeps the papers that it shows, which
`ui.page_reader` draws. `pack` makes, checks and opens the folder that is taken to court; `preflight` says
beforehand whether it will play on this machine.
"""
