"""The guideline and the law as a check of a reply before it goes out. Pure: no database, no web."""

from replies.policy.check import RULES, check, check_note, take
from replies.policy.findings import Finding, Severity

__all__ = ["RULES", "Finding", "Severity", "check", "check_note", "take"]
