"""The real engines: isolated environments, a session with each, what it loads and what it runs."""
