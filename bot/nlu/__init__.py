"""Understanding: the spaCy language, the sentence encoder and the graph components named in ``config.yml``."""
