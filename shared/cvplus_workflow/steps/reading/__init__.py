"""Readers: one module for each format, and the language data that they share."""
