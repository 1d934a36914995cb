"""The policies that ``config.yml`` names, one a file."""
