"""Triage: what a post is, what it asks for, whether it owes an answer, whether somebody says it again.

Nothing heavy is imported here; models and word lists load with the first text.
"""

from monitor.triage.judgement import Demand, Judge, Judgement, PostText, Reason, Sentiment, Topic
from monitor.triage.stage import LexiconJudge, ModelJudge, StrongJudge, default_judge

__all__ = [
    "Demand", "Judge", "Judgement", "LexiconJudge", "ModelJudge", "PostText", "Reason", "Sentiment",
    "StrongJudge", "Topic", "default_judge",
]  # fmt: skip
