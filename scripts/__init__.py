"""Commands for whoever maintains the project."""
