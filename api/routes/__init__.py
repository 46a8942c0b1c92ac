"""The HTTP API: takes requests apart, hands them to `api.cloning`, puts answers together. No decisions in here."""
