"""The ways in: one connector a file, named in ``credentials.yml``."""
