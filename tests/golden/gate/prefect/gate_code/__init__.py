"""The stages' own code of gate, and what runs it."""
