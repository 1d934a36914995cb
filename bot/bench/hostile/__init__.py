"""Hostile messages over all channels of the real assistant."""
