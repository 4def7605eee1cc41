"""The stages' own code of retries, and what runs it."""
