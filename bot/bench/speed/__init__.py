"""``make bench-speed``: this assistant beside Rasa's default one, trained on the same data and asked the same."""
