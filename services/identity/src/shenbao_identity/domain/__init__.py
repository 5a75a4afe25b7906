"""Rules about names, passwords, tries and proofs; plain Python."""
