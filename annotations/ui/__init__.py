"""The part of the annotations that needs Qt: setting papers on the pages of a PDF."""
