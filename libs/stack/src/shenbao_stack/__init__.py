"""The shenbao command and the pytest plugin that start the whole suite."""
