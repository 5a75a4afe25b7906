"""Files and their checks, prints, exports."""
