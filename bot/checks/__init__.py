"""Background checks: their states, providers and notifications."""
