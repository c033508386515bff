"""Find: one box asks everything that was said, marked, named and filed in a case, and every hit is a place to jump to.

`query` reads what is typed, `sources` says what can be found, `index` keeps it in an index of SQLite's FTS5 beside the
case's own tables, `finder` asks. The index says nothing that the case does not; it can be thrown away and is made anew.
See docs/decisions/0014.
"""
