"""Layer 3: what runs. Configuration, ingest, triage, daemon, web page, commands, demo."""
