"""English dates that read the same on both sides of the Atlantic. Django reads it by FORMAT_MODULE_PATH."""

DATE_FORMAT = SHORT_DATE_FORMAT = "j M Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = SHORT_DATETIME_FORMAT = "j M Y, H:i"
