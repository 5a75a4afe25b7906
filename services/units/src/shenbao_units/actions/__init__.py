"""Everything that changes something, one module per subject."""
