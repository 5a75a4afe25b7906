"""Other systems that hear of our events: who may hear which, and their delivery."""
