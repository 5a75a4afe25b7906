"""What the service asks of others outside the suite."""
