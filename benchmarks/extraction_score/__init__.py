"""How much of a CV a reader found, measured without the reader's own help."""
