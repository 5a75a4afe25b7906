"""The world outside: subscribers' addresses, and the broker that they read from."""
