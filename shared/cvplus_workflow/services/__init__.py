"""One class an area: load, decide, commit."""
