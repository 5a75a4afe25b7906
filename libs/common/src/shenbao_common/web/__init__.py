"""Flask plumbing that every service shares; the only place where HTTP meets the refusals."""
