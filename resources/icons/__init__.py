"""Pictures that the style sheet needs as files; all other icons come from one icon font, through `app.ui.icons`."""
