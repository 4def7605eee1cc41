"""The stages' own code of diagnosis, and what runs it."""
