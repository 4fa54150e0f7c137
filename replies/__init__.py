"""Layer 2: the promise. Duties, replies, approval, outbox, sighting, journal; knows connectors.core only."""
