"""Care for the people at the desk: calm before an answer, a way out, a colleague's word, and the ladder (RULES b.7)."""
