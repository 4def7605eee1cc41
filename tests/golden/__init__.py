"""Whole generated files, as a reader of the repository sees them: `<example>/<target>/`."""
