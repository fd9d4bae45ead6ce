"""Exchange with other translators' tools: TMX (memories), XLIFF (texts to translate), CSV and TBX (terms)."""
