"""The stages' own code of fallback, and what runs it."""
