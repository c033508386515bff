"""The windows: views that show what the case and the player say, and ask for changes.

A view mirrors a model and never holds the truth. `main_window` composes, `rooms` makes the rooms, `case_show` shows the
case, `bindings` ties commands to what they do, `review_page` lays out the review. Colours come from `resources.palette`
through `theme`, never from a widget.
"""
