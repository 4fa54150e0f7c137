"""Triage: what a post is, what it asks for, whether it owes an answer, whether somebody says it again."""
