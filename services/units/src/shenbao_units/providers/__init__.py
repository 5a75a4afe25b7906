"""Registers of other authorities."""
