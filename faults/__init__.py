"""Faults on a split suite under load, each followed by the question whether anything was lost or done twice."""
