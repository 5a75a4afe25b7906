"""Employers, their sub-accounts and the organisation tree."""
