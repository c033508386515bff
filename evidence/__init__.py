"""What a case holds and what was done to it.

This room keeps records, hashes, the audit log, the frame index, claims of time and the stores on disk. It reads
originals and never writes them. It knows no Qt: everything here works from a command line, a test or a server.
"""
