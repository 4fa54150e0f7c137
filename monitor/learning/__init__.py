"""Learning: what people complained of and praised, how we did as a team, and what we changed because of it."""
