"""Warning signs: what they are, how they are recognised in a message, and what follows from them. Knows nothing of Rasa."""
