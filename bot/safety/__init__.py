"""Warning signs: what they are, how they are recognised, and what follows from them. Knows nothing of Rasa."""
