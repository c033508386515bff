"""Previews of recordings: waveforms, thumbnails and proxies, made in the background and deleted freely. No Qt.

Everything here is derived: each file knows the hash of what it was made from, how and by which version of the
program. A proxy's frame `k` is frame `k` of the original. Untrusted bytes are read in a child process (`maker`).
"""
