"""Trained conversations: their graph and how one walks it."""
