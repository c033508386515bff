"""Makes one video of several cameras: synchronised, laid out, labelled, for machines that play one file only.

    plan        which frame of which recording each frame of the video shows; look-ups, nothing is read
    feeds       decodes the cameras, each in a thread, and makes pictures of the size of their tiles
    scene       puts pictures, labels and "not recording" together into one frame
    sound       one camera or a mix, sample by sample of the incident
    writing     encodes it all        checking    opens what was written and compares it with what was asked for
    job         the whole of it: hashes, child process, check, report, names, audit

Reading, composing and encoding happen in a child process (`annotations.ui.composite_child`). What is written is of
several sources: it says so in its metadata, in its report and in the dialog.
"""
