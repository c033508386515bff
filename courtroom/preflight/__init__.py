"""Preflight: everything that can be known beforehand of whether a pack will play on this very machine.

Each check is declared in `checks`, has a number, and says PASS, FAIL or NOTE with the reason, the remedy, and the item
and file that it is about. `run` takes the steps in order: the pack itself (`pack_step`), its times (`times_step`), its
documents (`page_step`), its frame tables (`table_step`), its pictures at full speed in child processes (`media_step`),
then the machine (`machine_step`) and what stands around it (`desk_step`). What came of it is a `report`, kept beside
the pack and printed by `certificate`.

To add a check: 1. declare it in `checks`; 2. make results of it in a step; 3. seed its fault in
`tests/courtroom/preflight`; 4. name it in docs/preflight.md.
"""
