"""Checks without notifications."""

from __future__ import annotations

from bot.checks.progress import CheckProgress
from bot.security.vault import Vault


def silent_progress(vault: Vault) -> CheckProgress:
    """Advances checks without notifying anybody."""
    return CheckProgress(vault, lambda _session, _check: None)
