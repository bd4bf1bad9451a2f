"""The automatic checks of a finished page and of the CV that it was made of."""
