"""What our own people are told: the morning mail, and what cannot wait. Never a post's text, never an author's name."""
