"""The consent receipt shows the wording that the mentor was shown, whatever the form says since."""

from __future__ import annotations

import hashlib

from bot.i18n.catalogue import catalogue
from bot.privacy.consent_receipt import receipt, receipt_page
from bot.registration import form
from bot.registration.answers import AGREED, UNCLEAR
from bot.registration.form import ItemId
from bot.registration.registration import Registration
from bot.storage import Mentor, Store
from tests.support.ledger import LEDGER, consent_to

EARLIER = "Mentors meet each mentee for one month."


def test_a_receipt_has_the_wording_that_was_shown_and_not_the_present_one(store: Store) -> None:
    assert form.BY_ID[ItemId("two_months")].wording != EARLIER
    with store.write() as session:
        mentor = Mentor()
        session.add(mentor)
        session.flush()
        current = Registration(session, mentor)
        record = consent_to(current, "two_months", wording=EARLIER)
        consent_to(current, "two_months", UNCLEAR)
    with store.read() as session:
        found = receipt(session, LEDGER, session.get_one(Mentor, mentor.id), "c@example.org", "https://example.org")
        head = LEDGER.head(session)
    [purpose] = found["services"][0]["purposes"]
    assert (purpose["purpose"], purpose["decision"], purpose["inForce"]) == (EARLIER, AGREED, True)
    assert purpose["wordingSha256"] == hashlib.sha256(EARLIER.encode()).hexdigest()
    assert purpose["ledgerPosition"] == record.id == head.position - 1
    assert EARLIER in receipt_page(found, catalogue())
