"""Reads used twice, and the lists."""
