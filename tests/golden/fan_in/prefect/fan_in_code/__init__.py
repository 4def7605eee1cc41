"""The stages' own code of fan_in, and what runs it."""
