"""Tier A: hashed n-grams, one linear head per question, a small mix with the word lists; numpy alone at run time."""
