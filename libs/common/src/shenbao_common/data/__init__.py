"""What rows need and rules do not: sealed columns, keyset pages. No Flask here."""
