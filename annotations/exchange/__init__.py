"""Marks for others and from others: W3C Web Annotations (JSON-LD) and CSV, and how two people's marks are put together.

`foreign` says what a mark from elsewhere is before anything of it is believed, `annotation_writing`,
`annotation_reading` and `mark_csv` go between that and the files, `merging` compares with the case and takes over.
"""
