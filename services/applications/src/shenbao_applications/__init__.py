"""Programmes as data, projects, applications and their status."""
