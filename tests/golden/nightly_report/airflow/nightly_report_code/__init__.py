"""The stages' own code of nightly_report, and what runs it."""
