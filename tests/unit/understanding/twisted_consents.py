"""Replies made of a consent's own words: some agree, most mean something else."""

from __future__ import annotations

from bot.core.organisation import ORGANISATION

NAME = ORGANISATION.name

#: Agreements that repeat what is asked.
REPEATED: dict[str, tuple[str, ...]] = {
    "background_check": (
        f"I give {NAME} permission for a criminal background check on me",
        "yes, do the check",
    ),
    "two_months": ("I will commit to at least 2 months", "I'm in for 2 months", "yes, 2 months minimum is ok for me"),
    "published_and_rated": (
        "you may publish and rate my interactions",
        "yes I understand they will be published and rated",
    ),
    "ethics_assist_and_guide": ("I will assist and guide, not impose my own agenda", "I agree, guide not impose"),
    "ethics_confidentiality": ("yes, I will keep it confidential", "Yes I agree to maintain confidentiality"),
    "ethics_laws": ("Yes I'll follow the laws", "I will learn the local laws and adhere to them"),
    "ethics_mentee_rights": (
        f"yes, the mentee should contact {NAME}, I agree",
        "I will respect their rights",
    ),
    "ethics_respect_for_time": ("I will respect their time", "I agree, nobody should impose beyond what is reasonable"),
    "ethics_autonomy": ("Yes, I will promote their autonomy", "yes let them take more responsibility, I agree"),
    "ethics_own_work": ("I will never do their job for them", "agree, I won't do their work for them"),
    "ethics_privacy": ("yes, I will respect their privacy", "yes I agree to respect the mentee's right to privacy"),
    "ethics_truthfulness": ("Yes, I will be open and truthful", "agreed, open and truthful"),
    "ethics_smooth_ending": ("I agree to make a smooth transition", "yes, no dependency, I agree"),
    "ethics_no_exploitation": ("I won't exploit anyone", "I agree, no exploitation"),
    "ethics_own_limits": ("yes I will stay within my expertise", "Sure, I'll ask for advice or refer them"),
    "ethics_records": ("Yes, the notes belong to the mentee", "I won't share their notes"),
    "ethics_ethical_issues": ("I will address any ethical issues early", "Yes I accept that responsibility"),
    "ethics_right_to_end": ("yes, either of us can end it", "i agree either party may end it"),
    "code_of_ethics": ("I will abide by its principles", "I understand the code and agree to abide by it"),
}

#: The same words with another meaning.
TWISTED: dict[str, tuple[str, ...]] = {
    "background_check": ("I give myself permission", "please let me go", "I'll check you first", "do not do the check"),
    "two_months": (
        "I will help anyone for a month",
        "I commit each month",
        "I'll commit to 2 weeks",
        "at most 2 months",
    ),
    "published_and_rated": ("I will rate you", "publish others", "I understand everything", "I agree to read it"),
    "ethics_assist_and_guide": (
        "instead I will impose my own agenda",
        "I agree to impose my own agenda",
        "I will not assist and guide my mentee",
        "I'd never not impose",
    ),
    "ethics_confidentiality": ("I'll talk", "I agree that my own things stay private", "I will share it with everyone"),
    "ethics_laws": ("I will make my own laws", "which laws", "I'll break the laws", "I agree to stick to my own rules"),
    "ethics_mentee_rights": (
        "mentees should tell me, I agree",
        "yes, mentees can come to me",
        "I am aware of my rights",
    ),
    "ethics_respect_for_time": ("I'm busy", "yes, I am busy", "mentees should waste my time, I agree"),
    "ethics_autonomy": ("I agree that the mentor manages the relationship", "I will let them go"),
    "ethics_own_work": ("I will do their job for them", "I agree they have potential", "let me do it for them"),
    "ethics_privacy": ("I agree that my privacy matters", "I agree my personal life is my own", "I will pry"),
    "ethics_truthfulness": ("I will lie", "I agree that mentees should be honest", "I'll tell everyone"),
    "ethics_smooth_ending": ("I'm done", "yes, I am done", "yes, end it", "I will create dependency"),
    "ethics_no_exploitation": ("I am free to exploit them", "I will exploit them", "I agree it is open"),
    "ethics_own_limits": ("I know my limits", "I will work beyond my limits", "yes, no limits", "I need support"),
    "ethics_records": ("I will disclose the records", "I'll tell everyone", "I agree my notes are my own property"),
    "ethics_ethical_issues": ("I have a conflict of interest", "I will hide any issues", "I have an interest"),
    "ethics_right_to_end": ("I quit", "please stop", "I'm leaving", "I will quit", "I want to stop"),
    "code_of_ethics": ("I understand the whole code", "I'll break the code", "I understand the above Code of Ethics"),
}

#: More of them: other doers, other receivers, orders and complaints.
TURNED_AROUND: dict[str, tuple[str, ...]] = {
    "background_check": (
        "please go away",
        "yes, go away",
        "yes, let me check",
        "I will look through it",
        "please let me go through it",
        "please clean my record",
        "yes, I have a criminal record",
        "please check others",
        f"I give {NAME} permission to perform a criminal check on others",
        f"I will do a background check on {NAME}",
    ),
    "two_months": (
        "please give me 2 months",
        "yes, give me 2 months",
        "please give me longer",
        "I will help me for two months",
        "I'll help at least two people",
        "I commit to helping people that commit to me for 2 months",
    ),
    "published_and_rated": (
        "please read my message",
        "you may publish participants",
        "I agree to publish everything on my own website",
        "I understand and agree that all their interactions will be published",
    ),
    "ethics_assist_and_guide": (
        "please leave me",
        "yes, let me push my own agenda",
        "I will put my goals before theirs",
        "I agree that my own goals should be put before the mentee",
    ),
    "ethics_confidentiality": (
        "I'll discuss everything with others",
        "I will say what they say to everyone",
        "I agree to discuss confidential things with other people",
    ),
    "ethics_laws": (
        "I will follow my own laws",
        "please respect the law",
        "the country is responsible, I agree",
        f"{NAME} is responsible for the laws, I agree",
        "yes, mentees are responsible for local laws",
    ),
    "ethics_mentee_rights": (
        "please contact me",
        f"please tell {NAME} to contact me",
        "yes, I have a concern",
        "I agree and there is a concern",
        "I will report mentees",
    ),
    "ethics_respect_for_time": ("please respect my time", "I will respect my own time"),
    "ethics_autonomy": (
        "I will manage the relationship",
        "please let me manage the relationship",
        "I will take decisions over them",
        "I agree to take over managing the relationship",
    ),
    "ethics_own_work": (
        "yes, let me do their job for them",
        "I agree, leave the mentee's job to me",
        "I will let mentees do my job for me",
        "I agree to leave",
    ),
    "ethics_privacy": (
        "I will respect my own privacy",
        "I'll point out personal matters to everyone",
        "I agree to point their private life out to everyone",
    ),
    "ethics_truthfulness": ("please tell me the truth", "I will tell my mentee's truth to everyone"),
    "ethics_smooth_ending": ("please finish", "please let me finish", "I agree to end it once it is good for me"),
    "ethics_no_exploitation": ("I agree, free exploitation", "mentees should not exploit me, I agree"),
    "ethics_own_limits": ("please contact someone", "please contact support", "I'll ask mentees for support"),
    "ethics_records": (
        "I agree that all notes remain the property of the mentor",
        "the records belong to me, I agree",
        "I agree to treat all emails and notes as my property",
        "I will give their notes to everyone",
        "I'll hand their emails to anyone",
        "please give me my records",
    ),
    "ethics_ethical_issues": (
        "there is a problem, yes",
        "yes, I have a conflict of interest",
        "I agree and I have an issue with it",
        "I agree to make problems",
        "I will report you",
        "please speak to me",
    ),
    "ethics_right_to_end": (
        "I'll leave",
        "please let me leave",
        "yes, let me walk away",
        "please end the relationship",
    ),
    "code_of_ethics": (
        "I agree to abide by my own code",
        "I'll abide by my own principles",
        "I agree to live by my own rules",
        "please respect me",
    ),
}

#: Agreements with a limit made of small words.
LIMITED: dict[str, tuple[str, ...]] = {
    "background_check": (
        "Yes you have my permission for a start",
        "yes please do the check for the time being",
        f"I give {NAME} permission for a criminal background check on me this time",
        "I consent to the background check part",
        "I consent to the background check at times",
    ),
    "ethics_confidentiality": ("yes, I will keep it confidential as appropriate",),
    "ethics_truthfulness": ("Yes, I will be open and truthful for a while", "Yes, I will be open and truthful at best"),
    "ethics_ethical_issues": ("Yes I accept that responsibility, so to speak",),
}

#: What each consent says, negated; in any frame it is no agreement.
NEGATED_STATEMENTS: dict[str, tuple[str, ...]] = {
    "background_check": (
        f"{NAME} may not perform a criminal background check on me",
        "I don't give permission for it",
    ),
    "two_months": ("I will not help anyone for 2 months", "I never commit to 2 months"),
    "published_and_rated": ("my interactions will not be published", "my interactions won't be rated"),
    "ethics_assist_and_guide": ("the mentor's role is not to assist and guide", "it is to impose their own agenda"),
    "ethics_confidentiality": ("the relationship will not maintain confidentiality", "I won't keep it confidential"),
    "ethics_laws": ("mentors are not responsible to adhere to the laws", "mentors aren't responsible for the laws"),
    "ethics_mentee_rights": (
        "the mentee is not aware of their rights",
        f"the mentee should not contact {NAME}",
    ),
    "ethics_respect_for_time": (
        "mentors will not respect each other's time",
        "they do impose beyond what is reasonable",
    ),
    "ethics_autonomy": ("the mentor will not promote the mentee's autonomy", "the mentor won't promote autonomy"),
    "ethics_own_work": ("mentors should do the mentee's job for them", "the mentee has no ability and no potential"),
    "ethics_privacy": ("the mentor will not respect the right to privacy", "mentors won't respect privacy"),
    "ethics_truthfulness": ("mentors will not remain open and truthful", "mentors won't be truthful"),
    "ethics_smooth_ending": ("mentors will not share the responsibility", "they must create dependency"),
    "ethics_no_exploitation": ("the relationship should be exploitative", "it may be open to misinterpretation"),
    "ethics_own_limits": ("mentors should work beyond their capability", "mentors should not seek advice"),
    "ethics_records": ("a mentor will disclose any part of it", "the notes are not the property of the mentee"),
    "ethics_ethical_issues": ("mentors have no responsibility to address issues", "I will not address any issues"),
    "ethics_right_to_end": ("neither party may dissolve the relationship", "either party may not end it"),
    "code_of_ethics": ("I do not abide by its principles", "I understand the code and won't abide by it"),
}

#: The same, negated by a short form.
NEGATED_SHORT: dict[str, tuple[str, ...]] = {
    "ethics_own_work": ("mentors shouldn't help them realize their potential",),
    "ethics_privacy": ("mentors shouldn't respect the mentee's right to privacy",),
    "ethics_own_limits": ("mentors shouldn't seek advice or refer mentees",),
    "ethics_no_exploitation": ("the relationship shouldn't be fair and clear",),
}

#: Parts of the wordings that hold no negation, nor what the wording negates.
AFFIRMED_PARTS: dict[str, tuple[str, ...]] = {
    "background_check": (f"I hereby give {NAME} permission to perform a criminal background check on me",),
    "two_months": ("I commit to helping anyone that I accept to mentor online, for at least 2 months",),
    "published_and_rated": (
        "all my interactions as a mentor will be published on this website, and rated by participants",
    ),
    "ethics_assist_and_guide": ("The mentor’s role is to assist and guide their mentee",),
    "ethics_confidentiality": ("The mentor/mentee relationship will maintain an appropriate level of confidentiality",),
    "ethics_laws": ("Mentors are responsible to make themselves aware of, and adhere to any applicable laws",),
    "ethics_mentee_rights": (f"The mentee is aware of their rights and agree to contact {NAME}",),
    "ethics_respect_for_time": ("Mentors and mentees will respect each other’s time and other responsibilities",),
    "ethics_autonomy": (
        "The mentor's goal is to allow the mentee to accept increasing amounts of responsibility",
        "the mentor will promote the mentee’s autonomy",
    ),
    "ethics_own_work": ("the mentee has the ability and the potential",),
    "ethics_privacy": ("The mentor will respect the mentee's right to privacy",),
    "ethics_truthfulness": ("Mentors will endeavour to remain open and truthful with themselves and their mentee",),
    "ethics_smooth_ending": ("Mentors and mentees will share the responsibility of making a smooth transition",),
    "ethics_own_limits": ("mentors should seek advice or refer mentees to another point of contact",),
    "ethics_records": (
        "The confidentiality of the mentor/mentee relationship remains paramount at all times",
        "notes or other records of mentoring sessions shall remain the property of the mentee",
    ),
    "ethics_ethical_issues": (
        "Mentors have a responsibility to address any ethical issues at the earliest opportunity",
    ),
    "ethics_right_to_end": ("Either party may dissolve the relationship at any time",),
    "code_of_ethics": ("I understand the above Code of Ethics and agree to abide by its principles",),
}

#: What sounds like a no and refuses nothing.
REFUSING_NOTHING: dict[str, tuple[str, ...]] = {
    "background_check": (
        "I don't have a criminal record",
        "I don't have a record",
        "I don't understand",
        "no, check me",
    ),
    "ethics_laws": ("I do not know", "I don't know"),
    "two_months": (
        "No, that is alright",
        "no, all good",
        "No, count me in",
        "no, I'm in",
        "no, sounds good",
        "no, you can do it",
        "no, please do",
        "I can't say no to that",
        "I don't want to say",
        "I don't agree or disagree",
    ),
    "ethics_own_limits": ("I don't know",),
    "ethics_no_exploitation": ("I'm against exploitation", "I refuse to exploit anyone"),
    "ethics_assist_and_guide": ("I refuse to impose", "I am against pushing my agenda"),
    "ethics_records": ("never share the records",),
}
