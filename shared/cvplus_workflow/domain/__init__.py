"""Pure rules: the eight nouns, the protocol and the plan. No input or output, no clock."""
