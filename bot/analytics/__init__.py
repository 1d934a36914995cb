"""What patients ask and how they are served, counted from the database for the clinic; knows nothing of Rasa."""
