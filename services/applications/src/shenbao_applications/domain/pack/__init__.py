"""A programme as data: read, checked whole, made into one document, and compiled for use."""
