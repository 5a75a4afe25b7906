"""For tests only: real servers, services with actors' tokens, golden events."""
