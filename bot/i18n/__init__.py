"""The sentences in each language, and the names of countries and regions."""
