"""Outside parties that identity speaks with: provincial sign-ins, the sender of short messages."""
