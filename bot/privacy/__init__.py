"""Erasure and retention, and the mentor's downloads: their data and their consent receipt."""
