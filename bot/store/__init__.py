"""The clinic's own tables in the database of ``DATABASE_URL``; knows nothing of Rasa."""
