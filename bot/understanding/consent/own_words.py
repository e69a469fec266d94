"""The words in which people repeat each consent: "I will respect their privacy", "no dependency, I agree".

Each phrase is a regular expression over the words of a reply, as in `bot.understanding.phrases`; semicolons part the
phrases. ``~`` after a verb stands for its forms in "I will respect", "I agree to respecting"; ``~e`` for those of a verb
that loses its "e". A word in capitals stands for a phrase of `_SHARED`. Nothing but what says the consent, or a part of
it, belongs here: who it is done to and for how long are part of each phrase, so that "my privacy" or "for a while" is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.understanding.phrases import listed

_SHARED: dict[str, str] = {
    "MENTEE": "(?:them|(?:(?:my|the|a|each|every|any|all|all my|all the|our) )?mentees?)",
    "THEM": "(?:(?:them|(?:(?:my|the|a|each|every|any|all|all my|all the|our) )?mentees?|people|everyone|everybody|anyone|anybody|"
    "whoever|each of them|each one|all of them|someone)(?: (?:that |whom |who )?i (?:accept|take on|take|mentor|help|work with)"
    "(?: to mentor)?(?: online)?)?)",
    "THEIR": "(?:their|there|(?:(?:my|the|a|each|every|any|our) )?mentee(?:s ?'|s|'s)?|people(?:'s|s)?|everyone's|everybody's|"
    "each others?|each other's|other people's|others ?'|others|other's)",
    "THEY": "(?:they|(?:(?:the|my|a|each|every|all) )?mentees?)",
    "CHECK": "(?:(?:(?:a|the|this|that|any|your) )?(?:full )?(?:criminal |police |background |records? |record )*(?:checks?|screening|vetting)"
    "(?: (?:done|run|carried out|made|performed))?(?: (?:on|of) me)?)",
    "RECORD": "(?:my (?:criminal |police )?(?:records?|background|history|past))",
    "RUN": "(?:do(?:ing)?|run(?:ning)?|perform~|mak~e|conduct~|carry(?:ing)? out|start~|begin|proceed~ with|go(?:ing)? ahead with|order~)",
    "PERMISSION": "(?:(?:you |jobgen )?(?:(?:my|full|the) )*(?:permission|consent|approval|ok))",
    "TWO": "(?:(?:for )?(?:at least |a minimum of |no less than )?(?:the )?(?:full |whole )?(?:2|two)[ -]months?"
    "(?: (?:or (?:more|longer)|(?:at )?minimum|at (?:the very )?least))?(?: (?:commitment|rule))?(?: of mentoring)?)",
    "MENTOR": "(?:help~|mentor~|support~|guid~e|stay~ with|stick~ (?:with|by|to)|be(?:ing)? there for|work~ with|assist~)",
    "MINE": "(?:(?:all )?(?:of )?my (?:interactions|chats|conversations|messages|sessions|mentoring)(?: as a mentor)?|they|them|it all|all of it|it|"
    "this|everything(?: (?:i )?(?:do|say|write)(?: as a mentor)?)?)",
    "PUBLISHED": "(?:(?:published?|public|visible)(?: here| (?:on|in) (?:the|this|your) (?:web)?site)?)",
    "RATED": "(?:rated(?: by (?:the )?(?:participants|people|mentees|others|everyone))?)",
    "PRIVATE": "(?:(?:strictly |completely |fully |appropriately |absolutely )?(?:confidential|private|secret)|between us|to myself|in confidence)",
    "WHAT": "(?:everything (?:they|we) (?:say|tell me|share|discuss|talk about)|all of it|it all|it|this|that|things|everything|all|"
    "what (?:they|we|MENTEE) (?:say|says|tells? me|talk about|discuss|discussed|shares?)|(?:our|the|all|all our) (?:talks|conversations|relationship|chats|"
    "sessions|discussions)(?: with MENTEE)?|the mentor / mentee relationship)",
    "LAWS": "(?:(?:(?:the|all|any|those|these|local|applicable|my local|relevant) )*(?:laws?|regulations)"
    "(?: (?:here|that apply|(?:on|about|regarding|for) (?:mentoring|mentorship)|where i live|(?:of|in) (?:my|the) (?:country|state|province|"
    "district|area)))*)",
    "KEEPTO": "(?:follow~|obey~|respect~|adher~e to|comply~ with|stick~ to|keep~ to|abid~e by|observ~e|know~|learn~(?: about)?|uphold~|"
    "read~ up on|liv~e by|honour~|inform~ myself (?:about|of|on)|mak~e myself (?:familiar with|aware of))",
    "CONCERN": "(?:(?:with|about|if there's|if there is|when there's|when there is|in case of) (?:(?:a|any|their|some) )?"
    "(?:concerns?|worr(?:y|ies)|problems?|issues?))",
    "TURN": "(?:(?:contact~|go~ to|turn~ to|come~ to|tell~|reach~ out to|write to|talk~ to) (?:jobgen|you|the (?:jobgen )?team))",
    "TIME": "(?:time(?: and (?:(?:their|other|other's) )*(?:responsibilities|duties|commitments|obligations))?)",
    "MORE": "(?:(?:more and more|more|increasing|growing)(?: amounts of)? responsibilit(?:y|ies))",
    "WORK": "(?:job|work|tasks?)",
    "HONEST": "(?:(?:open|honest|truthful|sincere|transparent)(?: ,)?(?: (?:and|&) (?:open|honest|truthful|sincere|transparent))?)",
    "SMOOTH": "(?:(?:a |the )?smooth (?:ending|transition|end)(?: at the end| together| with MENTEE)*)",
    "LIMITS": "(?:(?:only )?(?:the )?(?:bounds of )?my (?:own )?(?:limits|bounds|expertise|capability|capabilities|experience|abilities|"
    "competence)(?:(?: ,)?(?: and)? (?:my )?(?:expertise|capability|experience|competence))*)",
    "NOTES": "(?:(?:(?:all|the|any|my|these|their|of) )*(?:notes|records?|emails|e-mails)(?:(?: and|(?: ,)?) (?:(?:all|the|other) )*(?:notes|records|emails|e-mails))*)",
    "ISSUES": "(?:(?:(?:any|all|an|the|these|those|every|a) )?(?:ethical )?(?:issues?|problems?|conflicts? of interests?)"
    "(?: that (?:may )?arises?)?|them)",
    "EARLY": "(?:at the earliest (?:opportunity|moment)|early(?: on)?|as early as possible|right away|immediately|at once|asap|as soon as possible|"
    "quickly|promptly|without delay)",
    "EITHER": "(?:either (?:of us|party|side)|both(?: of us| sides| parties)?|we (?:can )?both|each of us|any party)",
    "END": "(?:(?:end|stop|dissolve|leave|quit|walk away(?: from)?|finish|terminate)(?: (?:it|the (?:mentoring )?relationship|the mentoring))?)",
    "ANYTIME": "(?:(?:at )?any ?time|at any moment|whenever(?: (?:they|we|it) (?:want|wants|like|wish)(?: to)?)?)",
    "CODE": "(?:(?:(?:the|this|your|its|all|all of|every|these|those) )*(?:code(?: of (?:ethics|conduct))?|principles?|rules?|clauses?)"
    "(?: (?:of|in) (?:the code|it|this code))?)",
}


@dataclass(frozen=True)
class OwnWords:
    """How people repeat one consent.

    Attributes:
        deeds: what the mentor does, after "I will", "I agree to", or "I".
        never: what the mentor does not do: it agrees only after a negation, and refuses nothing after "I refuse to".
        agrees: what agrees by itself: "you may check me".
        facts: what holds, beside a yes or after "I agree that".
        parts: names only a part of what is asked, so that it counts beside a yes alone.
        names: what the consent is called: "the … clause".
    """

    deeds: str = ""
    never: str = ""
    agrees: str = ""
    facts: str = ""
    parts: str = ""
    names: str = ""


OWN_WORDS: dict[str, OwnWords] = {
    "background_check": OwnWords(
        deeds="CHECK; RUN CHECK; check (?:me|RECORD); (?:let~|have|allow~|permit~|authoriz~e)(?:ting)? (?:(?:you|jobgen) )?(?:to )?RUN CHECK;"
        "(?:let~|letting|allow~|permit~|authoriz~e) (?:you|jobgen)(?: to)? (?:check|screen) (?:me|RECORD);"
        "(?:be|being|get|getting) (?:checked|screened|vetted)(?: by (?:you|jobgen|the police))?;"
        "(?:giv~e|grant~) PERMISSION (?:for|to) (?:CHECK|RUN CHECK|check (?:me|RECORD));"
        "(?:hav~e|undergo~|tak~e|go(?:ing)? through|allow~|permit~|authoriz~e|support~|accept~) CHECK",
        agrees="i (?:hereby )?(?:permit|allow|authorize|let) (?:you|jobgen)(?: to)? (?:RUN CHECK|check (?:me|RECORD)|look into RECORD);"
        "(?:you|jobgen) (?:may|can|are free to|are welcome to|has my permission to|have my permission to) (?:please )?(?:RUN CHECK|check (?:me|RECORD));"
        "you're welcome to (?:RUN CHECK|check (?:me|RECORD)); (?:you|jobgen) (?:have|has) (?:PERMISSION) (?:for|to) (?:CHECK|RUN CHECK|check me);"
        "(?:please )?go ahead (?:with CHECK|and (?:RUN CHECK|check(?: me| RECORD)?))",
        facts="(?:please )?RUN CHECK; check (?:me|RECORD|away); i have a clean record; i've got a clean record; my record is clean",
        names="background check; criminal check; police check",
    ),
    "two_months": OwnWords(
        deeds="MENTOR THEM(?: online)? TWO; (?:help|stay|mentor|commit|give|do|work|be there)(?: to)?(?: online)? TWO(?: online)?(?: (?:with|to|for) THEM)?;"
        "commit~ to (?:TWO(?: online)?|MENTOR THEM(?: online)? TWO); (?:giv~e) THEM TWO; TWO(?: online)?(?: (?:with|to|for) THEM)?",
        agrees="i(?:'m| am) (?:in|committed)(?: (?:for|to))? TWO; (?:you can )?count on me(?: for)? TWO; i promise (?:each of )?THEM TWO",
        facts="TWO (?:works|is (?:fine|ok|no problem|good|alright|agreed|possible|doable)) (?:for|with|by) me; that's my commitment; nobody i accept will be dropped before TWO are over",
        names="two months; 2 month; two-month; 2 months; two month",
    ),
    "published_and_rated": OwnWords(
        deeds="(?:hav~e|let|letting) MINE (?:be )?PUBLISHED and RATED; (?:(?:be|being|get|getting) )?(?:PUBLISHED and RATED|RATED and PUBLISHED);"
        "(?:the )?publish(?:ing|ication) and (?:the )?ratings?",
        agrees="(?:you|jobgen) (?:may|can) publish (?:and rate (?:MINE|me)|MINE and (?:let (?:people|participants|others|everyone|them) )?(?:rate (?:me|it|them)|have (?:it|them) rated))",
        facts="MINE (?:(?:will|may|can|should)(?: be| get)?|are|is|get|gets|go|to be|being|shall be) PUBLISHED and (?:be )?(?:RATED|rated by them); it's PUBLISHED and RATED;"
        "publish (?:and rate away|and rate (?:MINE|me)|MINE and (?:let (?:people|participants|others|everyone|them) )?(?:rate (?:me|it|them)|have (?:it|them) rated));"
        "everyone can read it and rate it; publishing and ratings? (?:are|is)(?: both)? (?:fine|ok|good)(?: with me)?;"
        "MINE (?:go|goes) on the (?:web)?site and people rate me; MINE may be PUBLISHED and the participants may rate me",
        parts="(?:be |being )?PUBLISHED; (?:be |being )?RATED; publishing MINE; the publishing; (?:the )?ratings?",
        names="publishing; rating; ratings; transparency",
    ),
    "ethics_assist_and_guide": OwnWords(
        deeds="(?:assist~|guid~e|support~) and (?:assist~|guid~e|support~)(?: THEM)?; (?:assist~|guid~e|support~)(?: THEM)?; keep~ my (?:own )?agenda out of (?:it|this|the relationship);"
        "leav~e my (?:own )?agenda (?:at home|at the door|behind|out of it); put(?:ting)? THEIR (?:goals|needs|interests) (?:first|before my own(?: agenda| goals)?|before mine);"
        "stick~ to (?:assisting and )?guiding",
        never="(?:impos~e|push~|forc~e)(?: (?:(?:my|our|an|any)(?: own)? )?agenda(?: of my own)?)?(?: (?:on|upon) THEM)?; rul~e; dictat~e",
        facts="this role(?: of the mentor)?; it's about them(?: and)? not(?: about)? me; THEIR goals come first; no(?: own| personal)? agenda(?: of (?:my own|mine))?;"
        "i(?:'m| am) (?:here|there) to (?:assist and )?(?:guide|assist|support)(?: THEM)?; (?:guide|assist) not impose",
        names="agenda; assist and guide; no agenda; role; role of the mentor",
    ),
    "ethics_confidentiality": OwnWords(
        deeds="keep~ WHAT PRIVATE; treat~ WHAT (?:as )?(?:PRIVATE|confidentially|with confidentiality|appropriately);"
        "(?:maintain~|respect~|keep~|ensur~e) (?:(?:the|their|an|our) )?(?:appropriate )?(?:level of )?confidentiality; be discreet; keep~ (?:their|all) secrets",
        never="(?:shar~e|tell~|disclos~e|reveal~|pass~ on|repeat~) (?:WHAT|anything|anyone|anybody|anyone anything)(?: (?:to|with) (?:anyone|anybody|others|other people|outsiders))?;"
        "gossip~(?: about MENTEE)?; talk~ about MENTEE(?: to (?:anyone|anybody|others))?",
        facts="WHAT (?:stays?|remains?|will stay|will remain|is) PRIVATE; my lips are sealed; confidentiality is (?:sacred|paramount|key|important|essential)(?: to me)?;"
        "confidential it is; confidentiality",
        names="confidentiality",
    ),
    "ethics_laws": OwnWords(
        deeds="KEEPTO(?: and KEEPTO)? LAWS; (?:adher~e to|stick~ to|follow~|obey~|respect~|comply~ with) them; (?:be|being) responsible for KEEPTO(?: and KEEPTO)? LAWS",
        never="break~ LAWS; (?:ignor~e|violat~e) LAWS",
        facts="i(?:'m| am) responsible (?:for|to) KEEPTO(?: and KEEPTO)? LAWS; i(?:'ll| will)? tak~e responsibility for KEEPTO(?: and KEEPTO)? LAWS; KEEPTO LAWS is (?:on me|my responsibility)",
        names="laws?; local laws?; legal",
    ),
    "ethics_mentee_rights": OwnWords(
        deeds="respect~ THEIR rights(?: and their way to jobgen)?; (?:have|let) MENTEE TURN(?: CONCERN)?; respect~ that THEY know their rights; make sure THEY know their rights",
        never="(?:violat~e|ignor~e) THEIR rights; stop~ MENTEE from contacting (?:you|jobgen)",
        facts="(?:it(?:'s| is) good that )?THEY (?:do )?(?:knows?|are aware of|is aware of) (?:their|there) rights; THEY (?:has|have) (?:their )?rights;"
        "(?:(?:THEY|and) )?(?:can|will|should|may|must|shall)(?: always| also)? TURN(?: CONCERN)?; THEY TURN CONCERN; TURN CONCERN; mentees contacting jobgen; they can always TURN",
        names="rights; mentee rights",
    ),
    "ethics_respect_for_time": OwnWords(
        deeds="(?:respect~|valu~e|(?:be |being )?respectful of|(?:be |being )?mindful of|(?:be |being )?considerate of) (?:THEIR TIME|the time of MENTEE);"
        "keep~ my demands(?: on THEIR time)? reasonable; be reasonable about THEIR time",
        never="wast~e THEIR time; impos~e(?: on (?:THEIR time|MENTEE))?(?: (?:beyond|more than) what(?: is|'s) reasonable)?; ask~ for more than (?:what )?is reasonable",
        facts="(?:(?:everyone's|their|our|everybody's) )?time is (?:precious|valuable); nothing beyond what is reasonable; i respect that;"
        "(?:nobody|no one) should impose(?: beyond what(?: is|'s) reasonable)?; we(?: both)? (?:should )?respect (?:THEIR|each other's) TIME",
        names="time; respect for time",
    ),
    "ethics_autonomy": OwnWords(
        deeds="(?:promot~e|support~|encourag~e|foster~|respect~) (?:(?:THEIR )?(?:autonomy|independence)|(?:the )?(?:autonomy|independence) of MENTEE); (?:let|letting|help~|allow~|encourag~e) MENTEE (?:to )?(?:take|accept|have|take on) MORE;"
        "(?:let|letting|help~|allow~) MENTEE (?:to )?manage (?:themselves|(?:more (?:and more )?of )?the relationship|more(?: and more)?);"
        "(?:hand~ over|giv~e) (?:MENTEE )?MORE(?: to MENTEE)?(?: step by step| gradually| over time)?; help~ MENTEE (?:to )?(?:become|be|grow) (?:more (?:and more )?)?(?:independent|autonomous); help with that",
        never="hold~ on to control; control MENTEE",
        facts="THEY (?:should|will|can|must|may) (?:take MORE|become (?:more (?:and more )?)?(?:independent|autonomous)); my goal is that they manage more and more themselves;"
        "i want them to (?:stand on their own feet|be independent|become independent)",
        names="autonomy; independence",
    ),
    "ethics_own_work": OwnWords(
        deeds="help~ (?:MENTEE )?(?:to )?(?:realize|reach|see|find|achieve|fulfil) (?:it|THEIR (?:full |own )?potential); let(?:ting)? MENTEE do (?:the|THEIR)(?: own)? WORK(?: themselves)?;"
        "leav~e (?:the|THEIR) WORK to MENTEE; keep~ my hands off THEIR WORK",
        never="(?:do|doing|attempt~ to do|tak~e over|try to do) (?:the|THEIR) WORK(?: for MENTEE)?",
        facts="THEY (?:has|have) the (?:ability|potential)(?: and the potential)?; THEY do the WORK; i help MENTEE realize (?:it|THEIR potential)",
        names="own work; job; potential",
    ),
    "ethics_privacy": OwnWords(
        deeds="respect~ (?:THEIR )?(?:right to )?(?:privacy|private life); respect~ (?:the )?privacy of (?:everyone|everybody|MENTEE|others); leav~e THEIR private life private;"
        "(?:help~ MENTEE (?:to )?(?:see|recognize|understand)|point~ out) (?:how|when|that) personal matters (?:may |can |might )?(?:affect|touch|impact) (?:their )?(?:work|professional issues)",
        never="pry into THEIR (?:privacy|private life); (?:violat~e|invad~e) THEIR (?:privacy|private life)",
        facts="(?:everybody|everyone) has a right to privacy; private is private; THEIR privacy is safe with me; THEIR private life is theirs; (?:the )?right to privacy",
        names="privacy; right to privacy",
    ),
    "ethics_truthfulness": OwnWords(
        deeds="(?:(?:be|being|stay~|remain~) )(?:always )?HONEST(?: (?:with|to) (?:myself|MENTEE|everyone|everybody)(?: and (?:with |to )?(?:myself|MENTEE))?)?;"
        "(?:endeavour|endeavor|do my (?:utmost|best)|strive) to (?:be|stay|remain) HONEST(?: (?:with|to) (?:myself|MENTEE|everyone)(?: and (?:with |to )?(?:myself|MENTEE))?)?; tell~ MENTEE the truth; tell the truth",
        never="(?:lie|lying)(?: to (?:MENTEE|myself|anyone|anybody|people))?(?: or (?:to )?(?:myself|MENTEE))?; deceiv~e MENTEE",
        facts="(?:honesty|truth) (?:first|matters|is the best policy|above all(?: for me and my mentee)?); HONEST; openness and (?:truth|honesty|truthfulness)",
        names="truthfulness; honesty; openness; truth",
    ),
    "ethics_smooth_ending": OwnWords(
        deeds="(?:help~ )?(?:to )?(?:mak~e|ensur~e|have|with) SMOOTH; (?:help~ )?(?:to )?mak~e the (?:ending|end|transition) smooth(?: together)?(?: with MENTEE)?;"
        "(?:shar~e|tak~e my share of|accept my share of) (?:the |that |this |our )?responsibility(?: (?:for|of) (?:SMOOTH|making SMOOTH|ending it smoothly))?;"
        "(?:help~ )?(?:to )?end(?:ing)? (?:it|things|the relationship) (?:smoothly|well)(?: together)?; help~ it end (?:smoothly|well); avoid~ (?:creating |any )?(?:dependency|dependence);"
        "accept my share of making the ending smooth; accept my share",
        never="mak~e (?:MENTEE|anyone) (?:dependent|depend)(?: on me)?; creat~e (?:any )?(?:dependency|dependence)",
        facts="no dependency; no dependence; SMOOTH; when the goal is reached we part smoothly; we(?: both)? share (?:the|that|this) responsibility",
        names="smooth ending; ending; transition; dependency",
    ),
    "ethics_no_exploitation": OwnWords(
        deeds="keep~ (?:it|the relationship|everything|things) (?:free of (?:exploitation|misinterpretation)|clear of (?:anything exploitative|any misreading)|non-exploitative|fair|clean|clear)"
        "(?: and (?:free of exploitation|clear of any misreading|misinterpretation|fair|clean|clear))?",
        never="exploit~(?: THEM)?; exploitation; tak~e (?:unfair )?advantage of THEM; (?:be|being) exploitative(?: in any way)?; abus~e THEM",
        facts="(?:(?:no|never any|zero|without) )exploitation(?: (?:of anyone|with me|at all|ever))?; nothing exploitative(?: and nothing open to misinterpretation)?;"
        "it (?:should|must|will|may) (?:never|not) be (?:exploitative|open to misinterpretation)(?: in any way)?(?: or open to misinterpretation)?;"
        "(?:nobody|no one) (?:should|will|must) be exploited(?: by me)?; there will be no exploitation(?: with me)?",
        names="exploitation; no exploitation",
    ),
    "ethics_own_limits": OwnWords(
        deeds="(?:stay~|work~|remain~) (?:only )?(?:within|inside) LIMITS; stick~ to (?:LIMITS|what i know); know~ my (?:own )?limits;"
        "(?:seek~|ask~ for) advice(?: (?:otherwise|for the rest|when needed))?;"
        "(?:or )?refer~ MENTEE(?: on)?(?: to (?:someone else|somebody else|another (?:mentor|person|point of contact)))?(?: (?:otherwise|when i lack the expertise|when (?:it's|its|it is) beyond me))?; (?:stay|work) within them",
        never="(?:work~|go(?:ing)?|act~) (?:beyond|outside|over) LIMITS",
        facts="if i (?:can't|can not) help properly i(?:'ll| will) refer MENTEE to someone else",
        names="limits; own limits; expertise",
    ),
    "ethics_records": OwnWords(
        deeds="keep~ (?:it all|all of it|everything|it|the relationship|NOTES) (?:confidential|private|secret); leav~e NOTES to MENTEE; treat~ NOTES as (?:THEIR property|theirs|confidential);"
        "hand~ (?:over|back) NOTES(?: (?:on request|any time|at any time))?; giv~e (?:them|the mentee|my mentees?) NOTES(?: (?:on request|ANYTIME))?; keep quiet about everything; keep confidentiality",
        never="(?:disclos~e|shar~e|reveal~|show~|tell~|publish~) (?:anything|any part(?: of (?:it|the relationship))?|anyone anything|NOTES|THEIR (?:notes|records|emails)|a thing)"
        "(?: (?:to|with) (?:anyone|anybody|others))?(?: without THEIR (?:explicit )?(?:agreement|consent|permission))?",
        facts="NOTES (?:belongs?|will belong) to MENTEE; NOTES (?:are|is|remain|stay|will be|shall remain) (?:theirs|THEIR property|the property of MENTEE); (?:they|the mentee) owns? NOTES;"
        "(?:they|the mentee|mentees) can have (?:NOTES|them) (?:at )?any ?time; THEIR (?:records|notes)(?: ,)? THEIR property; confidentiality (?:is|remains) paramount;"
        "i keep quiet about everything; THEIR records; THEIR notes",
        names="records; notes; confidentiality",
    ),
    "ethics_ethical_issues": OwnWords(
        deeds="(?:address~|rais~e|report~|deal~ with|handl~e|bring~ up|speak~ up about|resolv~e|disclos~e) ISSUES(?: EARLY)?; speak~ up(?: EARLY)?(?: about ISSUES)?;"
        "tak~e responsibility for (?:addressing|raising) ISSUES(?: EARLY)?",
        never="(?:hid~e|conceal~|ignor~e|sit~ on|cover~ up) ISSUES",
        facts="ISSUES will be addressed(?: EARLY)?",
        names="ethical issues; conflict of interest; conflicts of interest",
    ),
    "ethics_right_to_end": OwnWords(
        deeds="let(?:ting)? (?:EITHER|either side|anyone|MENTEE) END(?: ANYTIME)?; respect~ that EITHER (?:may|can) END(?: ANYTIME)?",
        never="hold~ anyone back(?: who wants to end it)?; forc~e anyone to stay",
        facts="EITHER (?:is free to |are free to |can |may |has the right to |have the right to )?END(?: ANYTIME)?; nobody has to stay; (?:they|mentees) can leave any ?time and so can i; the right to end it",
        names="right to end; right to end it; ending; ending anytime",
    ),
    "code_of_ethics": OwnWords(
        deeds="KEEPTO (?:CODE|it|all of it|them|all of them); accept~ (?:CODE)",
        never="(?:break~|violat~e) (?:CODE|it)",
        facts="the (?:whole|full|entire) code; all the principles",
        names="code; code of ethics",
    ),
}


_NAMES = re.compile(rf"\b(?:{'|'.join(_SHARED)})\b")


def expanded(phrases: str) -> tuple[str, ...]:
    """The regular expressions of ``phrases``, which semicolons part, with what is shared put in."""
    while _NAMES.search(phrases):
        phrases = _NAMES.sub(lambda match: _SHARED[match[0]], phrases)
    return listed(re.sub(r"~e\b", "(?:e|ing)", phrases).replace("~", "(?:ing)?"))
