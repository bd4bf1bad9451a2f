"""The built-in steps, one module each, and their registry."""
