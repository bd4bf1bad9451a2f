"""Synthetic load on an embedded installation, and what the machine tells of it."""
