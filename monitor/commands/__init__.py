"""The commands, one module per subject. Each function takes the parsed arguments and returns an exit code."""
