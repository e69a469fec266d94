"""Looks for what is wrong with an installation, without changing anything: ``bot doctor``."""

from bot.runtime.doctor.examination import examine
from bot.runtime.doctor.finding import Finding, State

__all__ = ["Finding", "State", "examine"]
