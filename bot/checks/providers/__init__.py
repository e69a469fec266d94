"""The agencies that do background checks, each behind the interface in `base`."""
