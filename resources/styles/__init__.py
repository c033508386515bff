"""Style sheets: Qt's, with `$role` where a colour of the palette goes."""
