"""The phrases of a refusal."""

from __future__ import annotations

import re

from bot.understanding.consent.agreement import is_agreement
from bot.understanding.consent.subject import Subject
from bot.understanding.phrases import PAUSE, Phrases, any_of, listed

_DO_NOT = any_of(
    *listed(
        "don't; do not; can't; can not; won't; will not; wouldn't; would not; couldn't; could not; shall not; never; refuse to; "
        "never will; will never; would never; can never; do n't; do nt; decline to; ain't; "
        "(?:will|would) not be able to; won't be able to; (?:have to|must) refuse to; would (?:rather|prefer) not(?: to)?; "
        "(?:prefer|choose) not to; (?:do not|don't|would not|wouldn't) (?:want|wish|intend|plan) to; don't feel (?:able|comfortable) to; "
        "(?:am |'m )(?:unable|not able|not willing|not going|not prepared|unwilling) to; have no (?:intention|wish|desire) (?:to|of); "
        "(?:really|simply|just|absolutely|certainly|definitely|honestly|strongly|also|still) (?:don't|do not|can't|won't|will not); "
        "will (?:definitely|certainly|absolutely) not; (?:most )?certainly do not"
    )
)
_VERB = any_of(
    *listed(
        "agree; accept; consent; commit; promise; approve; permit; allow; authorize; support; endorse; comply; subscribe; give; grant; "
        "sign; abide; confirm; be checked; be rated; be published; be bound; be part of this; be doing; do this; do that; do it; do so; "
        "like this; like that; go along; go for; go with; want (?:this|that|to|it|you|my|a|any|anyone|people|strangers|everyone|jobgen|the|all); "
        "have my; share this; guarantee; live by; keep to; stick to; make (?:that|this); take this on; adhere; let (?:you|jobgen|anyone); "
        "trust; wish; respect this; feel comfortable; sign up"
    )
)
_OBJECT = (
    r"(?: (?:(?:to|with|for|on) )?(?:this|that|it|any of (?:it|this|that)|the (?:clause|rule|code)|this (?:clause|rule|one|part))"
    r"| (?:(?:to|you|jobgen|my|any|the|your) )*(?:consent|permission|agreement|approval|word|ok|promise))?"
)
_NOT_FEELING = any_of(
    *listed(
        "ok; fine; comfortable; happy; cool; good; alright; at ease; in agreement; in favour; willing; prepared; able; going to; "
        "agreeing; interested; giving; up for; into; signing; accepting; consenting; committing; doing; on board; for this; for it; "
        "for that; having; keen; having this; having that; allowing; letting; ready to agree; a fan"
    )
)
_A = "(?:(?:clear|definite|big|hard|firm|polite|strong|big fat|resounding|simple|plain) )"
_NO_WORDS = listed(
    "no; nope; nah; nay; naw; n; no no; negative; negatory; no way(?: jose)?; not at all; h(?:ell|eck) no; "
    "(?:absolutely|certainly|definitely|of course|surely|most certainly) not; (?:absolutely|definitely) no; no chance; not a chance; "
    "no deal; no can do; no sir; not happening; not going to happen; never; never ever; never in my life; unwilling; "
    "it's not happening; out of the question; under no circumstances; by no means; in no way; over my dead body; "
    "forget (?:it|about it|that); count me out; i(?:'m| am) out; i pass; (?:hard )?pass; no means no; not me; not for me; not with me; "
    "not (?:ok|fine|acceptable|agreed|accepted|my thing|interested); unacceptable; not possible(?: for me)?; not on board(?: with (?:this|that|it))?; (?:i )?(?:can't|won't|will not|can not) say yes(?: to (?:this|that|it))?; disagreed; rejected; refused; denied; declined; "
    "nothing doing; nein danke; not in (?:a million years|this life); not on your life; no from me; no interest; thumbs down; n-o; "
    rf"(?:a )?{_A}no; (?:(?:it|that|this)(?:'s| is|'d be| would be|'ll be)|its) (?:a )?{_A}?no(?: (?:from|for) me)?; "
    rf"(?:a )?no from me; (?:my|the) answer (?:is|remains|stays) (?:a )?{_A}?no; no to (?:this|that|it|all(?: of (?:it|this))?); "
    "i(?:'d| would| must| have to| will|'ll| need to| am going to|'m going to| am|'m)? (?:say|saying|vote|voting)(?: a)? no(?: to (?:this|that|it|all))?; "
    "no (?:consent|permission|agreement); (?:and )?(?:we|i) decided no; nein nein no; n o; i(?:'m| am) afraid (?:not|no|i can't|i can not|i won't|i don't); so no; god no; lord no; nae chance; no consent from me; the answer is still no; i said no; (?:i )?(?:asked my lawyer|talked to my (?:wife|husband)) (?:, )?so no; no sire+; no ma'am; no mam; no o; (?:am|i am|i'm) not agree; i no agree; i no dey agree; please note my no; (?:i )?(?:know i should say yes|understand what you want|read (?:it|this)) and (?:i say no|the answer is no|i refuse|i don't agree); when asked i say no; no it's not; no never; "
    "i(?:'ll| will| would|'d)? (?:rather|prefer|prefer to) (?:not|say no)(?: to)?; (?:rather|preferably|better) not; i do not; i don't; "
    "i won't; i will not; i can't; i can not; i shall not; i would not; i wouldn't; no i (?:do not|don't|won't|can't|will not|'m not|am not); "
    "(?:can't|won't) do(?: (?:it|this|that))?; don't want(?: (?:it|this|that|to))?; (?:put|mark|note|record) me (?:down )?as (?:a )?(?:no|refused)"
)
_STATEMENTS = (
    rf"(?:(?:i|we|and i|but i) )?{_DO_NOT} {_VERB}{_OBJECT}",
    rf"(?:i'm |i am )?not (?:willing|able|going|agreeing|prepared|consenting|committing|accepting|signing|giving)(?: (?:to|with))?(?: {_VERB})?{_OBJECT}",
    r"(?:(?:and|but|so) )?(?:i )?(?:say )?no to(?= )",
    r"(?:i |and i |but i )?(?:(?:strongly|strictly|completely|totally|firmly|respectfully|hereby|absolutely|must|have to|would|will|do|fully|"
    r"politely|just|simply|wholeheartedly|also|really|need to|am going to|want to|wish to|flatly|categorically|gladly) )*"
    rf"(?:disagree|refuse|decline|object|reject|oppose|withhold|deny|dispute|veto)(?: {_VERB})?{_OBJECT}",
    r"(?:i'm|i am) (?:(?:really|absolutely|definitely|certainly|just|simply|honestly|totally) )?not "
    rf"(?:(?:at all|really|very|quite|so|too|feeling) )?{_NOT_FEELING}",
    r"(?:i'm|i am) (?:(?:strongly|totally|completely|firmly|absolutely|very|really|dead) )*"
    r"(?:against|opposed|unwilling|unable|uncomfortable|unhappy with)",
    r"not (?:(?:at all|really|very) )?(?:ok|fine|comfortable|happy|cool|willing) with",
    r"(?:you|jobgen) (?:do not|don't) have (?:my|any)",
    r"(?:you|jobgen|they|nobody|no one) (?:may not|can't|can not|must not|are not allowed to) (?:do|run|check|publish|rate|have|perform|make|use|share|show)",
    r"(?:please )?(?:do not|don't|never) (?:do|run|perform|publish|check|rate|make|carry|start|share|show|post|put)",
    r"(?:my )?(?:permission|consent)(?: is)? (?:denied|refused|declined|not given|not granted|withheld|withdrawn)",
    r"(?:i|i've|i have) (?:give|grant|given) (?:you )?no (?:permission|consent|agreement|approval)",
    r"(?:that|this|it)(?:'s| is)? (?:(?:absolutely|really|totally|simply|just) )?(?:doesn't|does not|not|isn't|won't|will not) "
    r"(?:work|acceptable|ok|fine|happening|going to happen|something i|for me|suit|right for me|what i want|agreeable)",
    r"(?:doesn't|does not|won't|will not) work for me",
    r"(?:that|this|it)(?:'s| is) (?:unacceptable|out of the question|a deal ?breaker|against my|not on|a no go|a no-go)",
    *listed(
        "this is where i draw the line; i draw the line here; leave me out; keep me out; i(?:'d| would) (?:rather|prefer to) (?:not|keep)"
    ),
)
#: What refuses a consent whose words follow: "I will never … respect their time".
_UNWILLING = (
    rf"(?:(?:and|but|so) )?i(?:'ll|'m)? ?{_DO_NOT}",
    r"(?:i'm|i am|im) not (?:going|willing|prepared|about) to|i'll (?:never|not)|i(?:'ve| have) no (?:intention|wish|desire) (?:to|of)",
    r"(?:never|in no way|no way|there(?:'s| is) no way|under no circumstances) (?:will|would|do|shall) i|there(?:'s| is) no way (?:that )?i(?:'ll| will)",
)
_POLITE = (
    *listed(
        "(?:so |very )?sorry(?: but)?; i(?:'m| am) (?:so |very )?sorry(?: but)?; unfortunately; regretfully; regrettably; sadly; thanks(?: but)?; "
        "thank you(?: but)?; thanks anyway; please; but; honestly; to be honest; tbh; frankly; (?:my )?apologies; sir; madam; look; listen; "
        "i(?:'m| am) afraid; with (?:all due )?respect; no offen[cs]e; i must say; well; (?:thank you|thanks) for asking; hell; really; at all; "
        "ever; for me; to (?:this|that|it); this; that; it; with (?:this|that|it); on this; to any of (?:it|this|that); hmm; very much; not today; "
        "i appreciate it; not (?:this|that); full stop; period; end of story; (?:hello|hi|hey)(?: (?:bot|there|jobgen|team))?; "
        "good (?:morning|evening|afternoon); dear (?:bot|jobgen|team); oh; ah; mate; man; bro; my friend; dude; and; i thought about it; "
        "i(?:'ve| have)? read (?:it|this|that)(?: carefully)?; i (?:understand|understood)(?: (?:it|this|that))?(?: all)?; understood; "
        "nothing will change my mind; (?:and )?that's final; please (?:record|note) (?:that|it); no exceptions; (?:that's|it's) final; final answer; sorry about that; i (?:have to|must); i mean it; (?:i )?(?:get|know) (?:it|that); i get it still; still; thanks for explaining; thank you for explaining; my decision is final; i(?:'m| am) serious; as it is; no hard feelings"
    ),
)
_PHRASES = Phrases({"no": _NO_WORDS, "refusal": _STATEMENTS, "unwilling": _UNWILLING, "polite": _POLITE})
#: Every word of the phrases above.
VOCABULARY = _PHRASES.vocabulary

_CHANGES = (
    r"\b(?:yes|yeah|yep|yup|sure|ok|fine|but|unless|until|except|however|though|although|otherwise|wait|maybe|"
    r"perhaps|possibly|jok\w*|kidding|jk|lol|haha|actually|if|i meant|only|yet|alternatively|could|would|might|wonder|unsure"
)
#: What may turn a refusal's reason into something else: agreement, condition, doubt, a joke, or a change of mind.
_TURNS_REFUSAL = re.compile(_CHANGES + r"|enough)\b")
#: The same after a mere "no", which also begins "no problem" or "no, I don't mind".
_TURNS_NO = re.compile(
    _CHANGES
    + r"|agree|agreed|accept|accepted|consent|problems?|objections?|worry|worries|issues?|doubts?|mind|questions?|"
    r"concerns?|idea|rush|hurry|matter|more|choice|reason|instead|rather|disagree|refuse|object|decline|go ahead|happy|love|"
    r"gladly|way around|wrong|harm|need to|time like|what|why|how)\b"
)
#: Refusals that can also be the beginning of something else entirely ("never mind", "I can't speak for her").
_ALONE = frozenset(
    listed(
        "n; pass; negative; not me; denied; refused; rejected; declined; nay; never ever; never; i do not; i don't; i won't; i will not; "
        "i can't; i can not; i shall not; i would not; i wouldn't; not at all; not fine; not ok; so no; unwilling; i pass; forget that"
    )
)
_BECAUSE = re.compile(r"(?:because|as|since|for|it|it's|its|i|that|that's|this)\b")
_NO_BEGINS = re.compile(
    r"(?:one|body|matter|wonder|doubt|idea|problems?|need|longer|more|sooner|such|less|where|time|thing|way to)\b"
)
#: How a reason begins that follows a "no" without a pause.
_GOES_ON = re.compile(
    r"(?:i|i'm|i'd|i've|because|it|it's|its|that|that's|thats|this|my|we|not|never|thanks|thank|sorry|to|for|absolutely|"
    r"definitely|they|you|there|nothing|nobody|please|as|since|with|until|don't|do|can't|won't|too|way)\b"
)
#: Words after a "no" that may be one phrase with it.
_SHORT = 3
#: Polite phrases before a refusal: "Hello, sorry, thanks, but no".
_POLITE_PHRASES = 4
#: Where a reason may end and the refusal itself begin.
_TURNING_POINT = re.compile(r" (?:, )?(?:so|but|and|therefore|hence|then) | , ")
_AGREES = re.compile(
    r"\b(?:yes|yeah|yep|sure|ok|agree|agreed|accept|maybe|perhaps|if|unless|when|said|says|asked|told|wants?|would|you can|you may)\b"
)


#: "I don't disagree" refuses nothing.
_DOUBLE = re.compile(
    r"\b(?:not|don't|won't|can't|never|wouldn't|couldn't)\b(?: \w+)? (?:disagree|refuse|object|oppose|decline|reject|deny|say no)\b"
)
#: What "I don't want to …" and "I don't agree …" go on with, and refuse nothing.
_NO_ANSWER = re.compile(r"more\b|(?:to )?(?:say|tell|answer|or disagree|nor disagree)\b")
_AGREEING = re.compile(rf"{_VERB}{_OBJECT}(?= |$)")
_WELCOMES = re.compile(r"(?:all )?(?:good|great|fine|cool|perfect)")


def is_refusal(words: str, subject: Subject | None = None) -> bool:
    """Whether ``words`` says no, perhaps with a reason before or after it.

    Args:
        words: from `bot.understanding.phrases.spoken`.
        subject: what was asked for: who says not to do it refuses, too.
    """
    if _DOUBLE.search(words):
        return False
    return _refuses(words) or _begins_with_refusal(words, subject) or _ends_with_refusal(words)


def _refuses(words: str) -> bool:
    return any(kinds & {"no", "refusal"} and "unwilling" not in kinds for kinds in _PHRASES.compositions(words))


def _begins_with_refusal(words: str, subject: Subject | None) -> bool:
    texts = {words}
    for _ in range(_POLITE_PHRASES):
        texts |= {rest for text in texts for kind, rest in _PHRASES.openings(text) if kind == "polite" and rest}
    return any(
        _goes_on_harmlessly(text, kind, rest, subject)
        for text in texts
        for kind, rest in _PHRASES.openings(text)
        if kind != "polite"
    )


def _goes_on_harmlessly(text: str, kind: str, rest: str, subject: Subject | None) -> bool:
    if kind == "unwilling":
        after = subject.after_deed(rest) if subject else []
        return any(_gives_a_reason(more) for more in (*after, *_after_verb(rest)))
    if kind == "refusal":
        first = re.split(r" (?:,|because|as|since)(?: |$)", text)[0]
        return _gives_a_reason(rest) and not (subject and (subject.forbids(first) or subject.forbids(rest)))
    said = text[: len(text) - len(rest)].strip(" ,")
    if (said in _ALONE and not _BECAUSE.match(rest)) or _NO_BEGINS.match(rest):
        return False
    if said in _ALONE and said.startswith("i "):
        return False
    is_one_phrase = len(rest.split()) <= _SHORT and not text[len(said) :].startswith(f" {PAUSE}")
    if is_one_phrase and not _GOES_ON.match(rest):
        return False  # "no comment", "no rain today"
    if _WELCOMES.fullmatch(rest) or is_agreement(rest, subject) or (subject and subject.is_repeated_by(rest)):
        return False  # "no, all good", "no, go ahead"
    if not _TURNS_NO.search(rest):
        return True
    return _begins_with_refusal(rest, subject)


def _gives_a_reason(rest: str) -> bool:
    """Whether what follows a refusal leaves it one."""
    return not _NO_ANSWER.match(rest) and not _TURNS_REFUSAL.search(rest)


def _after_verb(words: str) -> list[str]:
    """What follows a verb of agreement at the beginning of ``words``: "no way will I … accept the clause"."""
    found = _AGREEING.match(words)
    return [words[found.end() :].strip()] if found else []


def _ends_with_refusal(words: str) -> bool:
    """Whether a reason leads to a refusal: "I travel too much, so no"."""
    for point in _TURNING_POINT.finditer(words):
        reason, rest = words[: point.start()], words[point.end() :]
        if rest in _ALONE - {"never", "refused", "declined"}:
            continue  # "ask the police, not me"
        if not _AGREES.search(reason) and not reason.startswith("not ") and _refuses(rest):
            return True
        if reason and _refuses(rest) and _refuses(reason.split(" , ")[0]):
            return True
    return False
