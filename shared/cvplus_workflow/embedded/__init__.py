"""Adapters for one process on SQLite and the local disk."""
