"""Photos, and the sandbox in which pictures are decoded."""
