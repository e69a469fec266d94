"""The form, one mentor's answers, and the ledger of consents."""
