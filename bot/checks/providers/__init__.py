"""The providers of background checks, each behind the interface in `base`."""
