"""The stages' own code of candidates, and what runs it."""
