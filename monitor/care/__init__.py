"""Care for the people at the desk, as far as it needs the posts and the configuration."""
