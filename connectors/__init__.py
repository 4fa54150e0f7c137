"""Layer 1: the world. Talks to platforms; knows no database, no web page and no settings file."""
