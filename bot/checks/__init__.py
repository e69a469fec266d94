"""Background checks: their states, their providers, and what follows when one goes on."""
