"""Requests to be called by a person at the clinic; knows nothing of Rasa."""
