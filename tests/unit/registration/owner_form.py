"""The site owner's registration form, as the owner wrote it; a star marks what is required."""

from pathlib import Path

OWNER_FORM = """\
Your Path to Success

My Mentor Account

I already have a JobGen account
I need to register

*What are the reasons you would like to become an online mentor to invidivuals seeking to create or find a job?

Mentoring Experience

*Describe your experience as a mentor.

*What are your areas of expertise?
Data entered into this field will be shown to job seekers who want a mentor.

My Photo

*Upload a photo to be displayed along with your mentor profile.

Background Check

Please supply the following information so that we can do a background check.
*Date of birth: (deleted after your background check is complete)

* I hereby give JobGen® permission to perform a criminal background check on me.

My Mentoring Commitment

* I commit to helping anyone that I accept to mentor online, for at least 2 months.
You can change any of your account settings anytime by logging into your account.

* I understand and agree that all my interactions as a mentor will be published on this website, and rated by \
participants.

Code of Ethics
The following code of ethics will help mentors and mentees understand what is expected of them when they enter into a \
mentoring relationship. Please read carefully, you will be asked to acknowledge and agree to abide by this code.

• The mentor’s role is to assist and guide their mentee; it is not to impose their own agenda.
• The mentor/mentee relationship will maintain an appropriate level of confidentiality.
• Mentors are responsible to make themselves aware of, and adhere to any applicable laws regarding mentorship in the \
state, province, district or country where they reside.
• The mentee is aware of their rights and agree to contact JobGen if there is a concern.
• Mentors and mentees will respect each other’s time and other responsibilities, ensuring they do not impose beyond \
what is reasonable.
• The mentor's goal is to allow the mentee to accept increasing amounts of responsibility for managing the \
relationship; the mentor will promote the mentee’s autonomy.
• Mentors should not attempt to do the mentees job for them – the mentee has the ability and the potential, the \
mentor's job is to help them realize it.
• The mentor will respect the mentee's right to privacy. They should, however, help the mentee to recognize that \
personal matters may impact professional issues.
• Mentors will endeavour to remain open and truthful with themselves and their mentee while participating in the \
mentoring relationship.
• Mentors and mentees will share the responsibility of making a smooth transition toward ending their working \
relationship once it has achieved its purpose – they must avoid creating dependency.
• The mentoring relationship should not be exploitative in any way, neither may it be open to misinterpretation.
• Mentors should never work beyond the bounds of their capability, experience and expertise. If they do not feel \
confident in providing the mentee with proper support, mentors should seek advice or refer mentees to another point \
of contact.
• The confidentiality of the mentor/mentee relationship remains paramount at all times. At no time will a mentor \
disclose any part of the relationship to any person whosoever, without the explicit agreement of the mentee. Any \
emails, notes or other records of mentoring sessions shall remain, at all times, the property of the mentee. They \
may, for convenience, be retained by the mentor but may be requested by the mentee at any time.
• Mentors have a responsibility to address any ethical issues (such as conflicts of interest) that may arise during a \
mentoring relationship at the earliest opportunity.
• Either party may dissolve the relationship at any time throughout the period of the mentoring relationship.
* I understand the above Code of Ethics and agree to abide by its principles.
"""

#: The owner's two typing slips and how they are mended.
MENDED_SLIPS = (("invidivuals", "individuals"), ("the mentees job", "the mentee's job"))


def given_items() -> set[str]:
    """The ids of the items that the form had at first."""
    lines = (Path(__file__).parent / "wordings.txt").read_text(encoding="utf-8").splitlines()
    return {line.split()[0] for line in lines if not line.startswith("#")}


def mended() -> str:
    """The owner's form without its typing slips."""
    text = OWNER_FORM
    for slip, mend in MENDED_SLIPS:
        text = text.replace(slip, mend)
    return text
