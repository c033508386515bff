"""The part of the annotations that needs Qt: papers on the pages of a PDF, and shapes drawn on pictures."""
