"""Checks that every row passes before it is kept."""
