"""Cases, routes, steps, decisions and their log."""
