"""What is kept about the people who write, how long, and how it is given out or erased (docs/privacy.md)."""
