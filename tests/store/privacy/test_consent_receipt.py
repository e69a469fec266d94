"""The consent receipt shows the wording that the mentor was shown, whatever the form says since, and no markup."""

from __future__ import annotations

import hashlib

from bot.i18n.catalogue import catalogue
from bot.privacy.consent_receipt import receipt, receipt_page
from bot.registration import form
from bot.registration.answers import AGREED, REFUSED, UNCLEAR
from bot.registration.form import ItemId
from bot.registration.registration import Registration
from bot.storage import Mentor, Store
from tests.store.mentor import ChattingMentor
from tests.support.ledger import LEDGER, consent_to, entry

EARLIER = "Mentors meet each mentee for one month."
#: No reply with markup is read as a yes or a no any more; earlier ones were.
REPLY = '"no", <i>never</i> & <script>alert(1)</script>'
ESCAPED = "&quot;no&quot;, &lt;i&gt;never&lt;/i&gt; &amp; &lt;script&gt;alert(1)&lt;/script&gt;"


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
    page = receipt_page(found, catalogue())
    assert EARLIER in page
    assert f"{catalogue().moment(purpose['answeredAt'])} · SHA-256" in page


def test_markup_in_a_reply_is_only_text_on_the_page_and_as_it_was_typed_in_the_data(mentor: ChattingMentor) -> None:
    with mentor.store.write() as session:
        LEDGER.add(session, entry(0, mentor.mentor_id, REFUSED, REPLY))
        row = session.get_one(Mentor, mentor.mentor_id)
        found = receipt(session, LEDGER, row, "c@example.org", "https://example.org")
    page = receipt_page(found, catalogue())
    assert ESCAPED in page
    assert "<i>" not in page
    assert "<script" not in page
    assert found["services"][0]["purposes"][0]["reply"] == REPLY
