"""Cuts ranges out of recordings, checks what came out frame by frame, and says exactly what was done.

    plan        which frames of which recordings a range of the incident asks for, and what each mode would cost
    job         the whole of an export: folder, hashes, one cut per recording, report, audit
    maker       has one recording cut in a child process (`child`), since cutting reads untrusted bytes
    copying     packets untouched        encoding    every frame encoded anew        joining    both, where H.264 allows
    checking    opens what was written, decodes it whole and compares it with what was asked for
    report      the record of it all, as JSON

Nothing here changes an original; what is written has a name that ends in " incomplete" until it has been checked.
"""
