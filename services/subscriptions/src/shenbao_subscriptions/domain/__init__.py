"""Rules, as functions of values."""
