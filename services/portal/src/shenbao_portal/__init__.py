"""The web pages; speaks to the public HTTP APIs only."""
