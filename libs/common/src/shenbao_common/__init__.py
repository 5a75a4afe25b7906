"""What every service of Shenbao stands on: kernel, contracts, bus, web plumbing, testing."""
