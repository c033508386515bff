"""The court pack: one folder that holds what a run sheet shows and nothing else, checked by anybody, opened read-only.

A pack is a BagIt bag (RFC 8493). `layout` says what lies where, `needs` what a run sheet needs, `make` builds it,
`verify` checks it, `opening` opens it as a case, `signing` and `key_shelf` are about the signature. The form is
described in docs/court-pack.md.
"""
