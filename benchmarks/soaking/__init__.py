"""A soak: mixed jobs with faults for a long time, on either back end."""
