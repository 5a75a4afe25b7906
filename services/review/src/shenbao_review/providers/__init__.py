"""What reads the formats of others."""
