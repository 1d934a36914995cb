"""The custom actions, one module a topic: from slots to a plain function to an utterance."""
