"""Generates the documentation pages that follow from the code: `python -m docs_reference`."""
