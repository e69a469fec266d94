"""Settings of Rasa's own tests and of the evaluation."""

from __future__ import annotations

from tests.support.vectors import remember_all

remember_all()
