"""Sheets of pictures: all cameras at one instant, or a range of one camera or of all, each cell saying what it is.

`choice` picks the instants from the frame tables, `frame_taker` has the frames decoded and checks their originals,
`sheet` puts cells together with their provenance; `annotations.ui.sheet_drawing` draws a PNG, the template `sheet.html`
gives HTML and PDF. The stills themselves, full size, are `player.stills`.
"""
