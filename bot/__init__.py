"""The assistant's own package: settings, knowledge, understanding and the commands that run it."""
