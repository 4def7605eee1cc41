"""From plans to text to files: literals, templates, layout, the code that travels along."""
