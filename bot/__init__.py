"""The assistant's own package: settings, knowledge, understanding and the commands that run it."""

from bot.lean import stand_in_for_missing

# Before any module here imports Rasa.
stand_in_for_missing()
