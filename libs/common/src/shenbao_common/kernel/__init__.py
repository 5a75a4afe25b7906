"""What every rule may use: refusals, the actor, the clock, identifiers. No third-party import."""
