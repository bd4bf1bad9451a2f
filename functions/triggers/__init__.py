"""The functions, by area. A row of `operations.py` is one line here."""
