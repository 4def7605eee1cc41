"""The stages' own code of commands, and what runs it."""
