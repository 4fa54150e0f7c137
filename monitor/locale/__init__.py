"""The catalogue of sentences in other languages than German, and what keeps it whole (`make catalogue`)."""
