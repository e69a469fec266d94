"""The phrases of an agreement."""

from __future__ import annotations

from functools import lru_cache

from bot.understanding.consent.subject import AGREED, REPEATED, Subject
from bot.understanding.phrases import Phrases, any_of, listed

# What is agreed to, in general words.
_PART = any_of(
    *listed(
        "clause; rule; part; point; statement; commitment; conditions?; terms?; principles?; policy; one; request; "
        "requirement; responsibility; section; paragraph; promise; agreement; guidelines?; sentence; text; wording; proposal; thing"
    )
)
_CODE = r"(?:the|this|your) (?:(?:whole|entire|above|full) )?code(?: of (?:ethics|conduct))?(?: and (?:all )?its principles)?"
_THING = any_of(
    *listed(
        r"this; that(?! (?:i|you|the|my|mentors|it|this)\b); it; these; both; you; all(?! my); everything; every word(?: of (?:it|this|that))?"
        r"; (?:all of |every part of )?(?:this|that|it|these|the above); all of (?:it|this)(?: fully)?"
        "; everything (?:above|here|stated|written|in it|you (?:said|wrote|ask))"
    ),
    rf"(?:this|that|the|your|these) (?:whole |entire |last |above |full )?{_PART}",
    _CODE,
)
_HOW = any_of(
    *listed(
        "fully; totally; completely; absolutely; wholeheartedly; definitely; certainly; strongly; gladly; happily; "
        "hereby; really; entirely; 100%; 100 percent; surely; freely; willingly; sincerely; solemnly; truly; very much; "
        "of course; most definitely; most certainly; sure; always; readily; unconditionally; formally; officially; "
        "proudly; an? hundred percent; one hundred percent; unreservedly; whole-heartedly; enthusiastically; in full; "
        "also; personally; most happily; very gladly; hundred percent"
    )
)
_UNCONDITIONALLY = any_of(
    *listed(
        "as a mentor; as asked; from my side; on my part; for my part; too; as well; with pleasure; at all times; "
        "every time; as well; with all my heart; from the bottom of my heart; without (?:any )?(?:reservations?|hesitation|doubts?|"
        "questions?|conditions?|second thoughts?|ifs or buts|ifs and buts); of course"
    ),
    _HOW,
)
_AFTER = f"(?: {_UNCONDITIONALLY})?"
_FOLLOW = any_of(
    *listed(
        "follow; respect; honour; abide by; comply with; stick to; keep to; keep; uphold; adhere to; observe; accept; "
        "do; stand by; live by; support; obey; act on; act according to; go by; agree to; agree with"
    )
)
_AGREE = any_of(
    *listed(
        "agree; accept; consent; confirm; commit; promise; swear; approve; approve of; vow; pledge; confirm and agree"
    )
)
_TO = rf"(?: (?:(?:to|with|on|of) )?{_THING})?"
_I = "(?:i|and i|so i)"
_GRANT = any_of(*listed("permission; consent; approval; agreement; ok; word; go-ahead; go ahead; blessing; yes"))
_OBJECT = (
    r"(?: (?:to|for|with) (?:do )?(?:so|this|that|it)| to proceed| to go ahead| for this check| on (?:this|that|it))?"
)
_END = "(?= ,| and|$)"

_STATEMENTS = (
    rf"(?:{_I} )?(?:{_HOW} )?(?:(?:do|will|can|shall) )?(?:{_HOW} )?{_AGREE}{_TO}{_AFTER}",
    rf"(?:i'll|i will|i can|i do|i'd be (?:happy|glad) to|i'm (?:happy|glad|pleased) to) (?:{_HOW} )?{_AGREE}{_TO}{_AFTER}",
    rf"(?:{_I} )?(?:{_HOW} )?{_AGREE} to (?:{_FOLLOW} )?{_THING}{_AFTER}",
    rf"(?:{_I} )?(?:{_HOW} )?(?:{_AGREE} to )?abide by {_THING}{_AFTER}",
    rf"(?:i'll|i will|i shall|i can|i promise to|i'm (?:happy|glad|willing|prepared|ready) to|happy to|glad to|will) "
    rf"(?:{_HOW} )?(?:{_FOLLOW} {_THING}|do so|comply|abide|follow (?:through|suit)){_AFTER}",
    rf"i (?:{_HOW} )?(?:do|will|shall|do so){_AFTER}{_END}",
    rf"(?:i(?:'m| am)|am|we are) (?:in (?:full |complete |total |absolute )?agreement(?: with {_THING})?|agree|agreed|(?:fully )?agreeing){_AFTER}",
    rf"(?:kindly |please )?(?:note|record|take it) that i (?:{_HOW} )?(?:do )?agree{_TO}",
    rf"i (?:have|see) no objections?(?: to {_THING})?(?: at all)?(?: ,)? (?:i agree|yes)",
    rf"i (?:{_HOW} )?(?:do )?(?:give|grant) (?:(?:you|jobgen|them) )?(?:(?:my|full|the|you my) )*{_GRANT}{_OBJECT}",
    rf"(?:i (?:{_HOW} )?)?(?:authorize|allow|permit) (?:you|jobgen|it|this|that){_OBJECT}",
    rf"(?:you have|you've got|you got|jobgen has) (?:(?:my|full) )*{_GRANT}{_OBJECT}",
    r"(?:my )?(?:permission|consent|approval)(?: is)? (?:granted|given)",
    rf"(?:{_HOW} )?(?:agreed|accepted|approved|agree|accept)(?: ,)?(?: to| with)?(?: {_THING})?{_AFTER}",
    *listed(
        rf"you may{_END}; you may proceed; i confirm my (?:agreement|consent); i second (?:this|that|it); i (?:fully )?support (?:this|that|it)(?: fully)?; i sign; (?:that's|it's) something i can commit to; you (?:may|can) do (?:so|it|this|that); you are free to do (?:so|it); agreed; accepted; approved"
        "; confirmed; granted; consented; agree; (?:that|this|it)(?: i|'s| is) (?:agreed|accepted); deal; it(?:'s| is) a deal"
        "; you(?:'ve got| have) a deal; consider it (?:agreed|accepted); on my honour; i give (?:you )?my word; promised"
        "; (?:that's|that is|it's|it is) (?:a|my) promise; cross my heart; scout's honour; i(?:'m| am) committed(?: to (?:this|that|it))?"
        "; i (?:endorse|subscribe to|sign|back) (?:this|that|it); put me down as (?:agreed|a yes); (?:you can )?tick yes; i(?:'m| am) agreeing(?: (?:to|with) (?:this|that|it))?; i make (?:this|that) (?:commitment|promise); i say yes(?: to (?:it|this|that))?"
        "; (?:please )?(?:record|note|write down) (?:my yes|that i agree|me as agreed|my consent|my agreement)"
    ),
)

_NICE = any_of(
    *listed(
        "fine; ok; good; great; perfect; acceptable; alright; all right; cool; wonderful; excellent; agreeable; all good; "
        "(?:perfectly|totally|absolutely|completely|just|quite|all|very|fully|more than) (?:fine|ok|good|acceptable|alright); "
        "no problem"
    )
)
_IT_IS = any_of(*listed("its; that's; that is; it's; it is; this is; that sounds; this sounds; it sounds; sounds"))
_FINE = (
    rf"{_IT_IS} {_NICE}(?: (?:with|by|for|to) me)?",
    r"(?:perfectly |totally |absolutely |all |completely )?(?:fine|ok|good|cool|great|agreeable|acceptable|alright)"
    r" (?:with|by|for) me",
    r"(?:that |this |it )?(?:all )?works (?:well |fine |perfectly |great )?for me|that works",
    r"(?:that|this|it) suits me(?: (?:fine|well|perfectly))?",
    r"(?:i(?:'m| am) )?(?:perfectly |totally |absolutely |very |completely |more than |quite |fully |all )?"
    rf"(?:fine|ok|good|happy|comfortable|cool|on board|content|at ease|pleased|satisfied) with {_THING}",
    r"(?:i(?:'m| am) )?(?:very |more than |only too )?(?:happy|glad|pleased|delighted|honoured) to"
    rf"(?: (?:do (?:so|it|that|this)|{_AGREE}{_TO}|help))?",
    r"count me in|i(?:'m| am) (?:all )?in|i(?:'m| am) for it|i(?:'m| am) on board|(?:i(?:'m| am) )?all for (?:it|this|that)",
    r"(?:i(?:'m| am) )?(?:fully |totally |completely |100% )?(?:on board|in favour)(?: with (?:it|this|that)| of (?:it|this))?",
)
_YES_WORDS = listed(
    "yes; yeah; yep; yup; aye; aye aye; affirmative; absolutely; definitely; certainly; totally; of course; indeed; "
    "sure thing; for sure; by all means; naturally; most certainly; most definitely; h(?:ell|eck) (?:yes|yeah); you bet; "
    "you betcha; gladly; happily; willingly; wholeheartedly; with pleasure; very much so; 100%; 100 percent; a hundred percent; "
    "surely; y; without a doubt; without hesitation; with all my heart; will do; correct; that's correct; sure; "
    "(?:that's|that is|it's|it is|its) a (?:(?:big|clear|definite|firm|resounding) )?yes(?: from me)?; yes from me; "
    "(?:my|the) answer is (?:a )?(?:clear |definite |big |firm )?yes; (?:a )?(?:big|clear|definite|firm|resounding) yes; "
    "go ahead; please do; please go ahead; please proceed; go for it; let's do (?:it|this); sure do; sure will; "
    "yes to (?:all of (?:it|this|that)|this|that|it|all|everything|every part); can do; ready and willing; willing; i(?:'m| am) willing(?: to (?:do (?:so|it|this|that)|agree|commit|help))?; i(?:'d| would) be (?:happy|glad) to; done deal; that is correct; (?:perfectly|totally|absolutely|completely) fine; consider it done; hundred percent; hundred percent yes; too right; righto; roger; roger that; ok dokey; och aye; oh aye; lord yes; good lord yes; god yes; yes indeed; yessiree; yes siree; yes o; yes na; fo sho; 10-4; absolutely yes; all right then yes; (?:si|oui|ja|haan|sim|da)(?= ,? (?:yes|i agree|agreed)); yes i am; yes you (?:can|may); yes it is; "
    "yes that(?:'s| is) right; certainly yes; yes please; oh yes; but of course; why yes; yes always; oh sure; well yes; so yes; of corse; it's yes; ok dokie; so (?:i agree|of course|sure); put me down as yes; you can (?:count|rely) on me; (?:no|i have no|i see no) objections?(?: at all| whatsoever| from me| from my side| here)?; (?:i )?couldn't agree more; yeps; do it(?= ,|$); honestly yes"
)
#: Words that also acknowledge what was said.
_WEAK_WORDS = listed("ok; all right; alright")

_GOOD = any_of(
    *listed(
        "fair; reasonable; important; right; sensible; understandable; logical; normal; essential; necessary; crucial; natural; "
        "ethical; wise; proper; appropriate; good; great; fine; ok; vital; obvious; self-evident; perfect; fundamental; standard; "
        "respectful; clear; key; common sense; common decency; basic decency; good practice; best practice; only human; a must; "
        "the right thing(?: to do)?; the way it should be; (?:how|as) it should be; what mentors do; what a mentor should do; "
        "what mentoring is(?: all)? about; what a mentor is for; how i work; how i (?:always )?do it; the basis of trust; "
        "(?:very )?important to me; (?:fair|good|best) (?:to|for) (?:everyone|everybody|all|both); the least i can do; my view too; "
        "a (?:very )?(?:good|fair|great|sensible|reasonable|wise|important) (?:rule|idea|point|principle|clause|policy|thing); "
        "a matter of course; what i would expect; how i see it(?: too)?; second nature(?: to me)?; as clear as day; my job; "
        "my responsibility; a good thing; good sense; the point; the goal"
    )
)
_VERY = (
    "(?: (?:only|perfectly|totally|very|really|so|completely|absolutely|just|quite|all|exactly|simply|entirely|definitely|"
    "only too|of course|certainly))?"
)
_SUPPORT = (
    *listed(
        "y'all; mam; ma'am; sir or madam; sir / madam; (?:my )?(?:brother|sister|folks)(?= ,|$); thankyou; kindly; o(?=$| ,); god bless(?: (?:you|your work|you all|this work|jobgen))?; "
        "(?:that's |it's |this is )?(?:a )?(?:very |really |so )?(?:good|great|wonderful|beautiful|nice|wise|fair|sensible|lovely|excellent|important|clear|reasonable|fine) (?:idea|rule|principle|point|clause|policy|programme|program|project|code|thing|initiative)(?: actually)?; "
        "(?:that(?:'s| is)|it(?:'s| is)|this is) (?:a )?(?:very|really|so|quite|perfectly|absolutely) (?:good|great|wonderful|wise|fair|sensible|important|reasonable|clear|fine|right|necessary)(?: (?:for|to) (?:the mentees?|mentees|everyone|everybody|all|all of us|both|both sides|me))?; "
        "very (?:wise|good|fair|important|sensible|reasonable|true|clear|necessary|right); good to know; that's good to know; i (?:really |do )?like (?:that|this|it)(?: a lot| very much)?; "
        "thank(?:s| you) for explaining(?: (?:so|this|it))?(?: (?:nicely|well|clearly))?; (?:i'm )?proud to be part of (?:it|this); (?:i )?can't wait to (?:start|begin|help); (?:i'm )?looking forward to (?:it|this|start|starting|helping|meeting my (?:first )?mentees?); "
        "it(?:'s| is) an hono(?:u)?r(?: to help)?; let's get started; now let's get started; let's start; i have (?:plenty|lots|a lot|heaps) of time; i(?:'m| am) retired(?: (?:so|and) i have (?:plenty|lots|a lot|heaps) of time)?; "
        "(?:i(?:'m| am) )?used to it; i(?:'m| am) used to (?:it|this|that|confidentiality); that(?:'s| is) how i (?:always )?(?:work|do it|did it|see it|live)(?: (?:too|anyway|already))?; that(?:'s| is) (?:the whole|exactly the) point(?: of mentoring)?; "
        "(?:transparency|honesty|trust|privacy|respect|feedback|independence|freedom|openness|safety) is (?:very |really |so )?(?:good|important|key|everything|great|essential)(?: (?:to|for) (?:me|everyone|all|us)(?: too)?)?; respect goes both ways; sooner is better; the sooner the better; "
        "please; (?:many )?thanks(?: a lot| very much| for asking)?; thank you(?: very much| so much| for asking)?; my pleasure; "
        "you're welcome; sir; madam; ma'am; mate; man; dear; bro; buddy; dude; guys; team; friend; bot; (?:my|dear|kind) (?:friend|bot)(?= ,|$); "
        "jobgen; (?:hello|hi|hey)(?: (?:jobgen|bot|there|team|everyone))?; dear (?:team|jobgen|bot); good (?:morning|afternoon|evening)"
        "(?: (?:jobgen|bot|team|everyone))?; oh; ah; k; great; perfect; wonderful; excellent; fantastic; lovely; awesome; good; "
        "very good; well said; good (?:rule|idea|point|principle); great (?:rule|idea); cool; nice; brilliant; super; amen; always; "
        "every time; as always; true(?= ,); fair enough; all good; boss; truly; seriously; honestly; for real; from the (?:bottom of my )?heart; (?:(?:is|are) (?:perfectly |totally |absolutely )?(?:fine|ok|good|great|no problem) (?:with|by|for) me); amen to (?:that|this); right on; im down; i(?:'m| am) (?:down|with you)(?: with (?:that|this|it)| on (?:that|this|it))?; right(?= ,); 100%; no question(?: about it)?; no doubt(?: about (?:it|that)| at all| in my mind)?; "
        "no (?:ifs|if)(?: and| or| ,)? (?:no )?buts?; no hesitation; no complaints?; no questions(?: asked)?; no worries; "
        "no need to think (?:twice|about it); nothing against (?:it|this|that); i have nothing against (?:it|this|that); "
        "i don't mind(?: at all)?; (?:i have )?nothing to add; no changes needed; not the slightest doubt; nobody has to ask me twice; i can't see anything wrong with (?:it|this|that); not even a question; i would never object(?: to (?:this|that|it))?; i don't have to think about it; i see no reason to (?:refuse|say no); no reason to (?:refuse|say no); i couldn't agree more; "
        "couldn't agree more; without (?:any )?(?:reservations?|doubts?|a second thought|question|ifs or buts); "
        "(?:that|it|this)? ?(?:makes|made) (?:perfect |total |complete |good |a lot of )?sense; "
        "i believe in (?:this|that|it); i stand by (?:this|that|it); i (?:fully |totally )?support (?:this|that|it); "
        "i (?:fully |completely |totally )?stand behind (?:this|that|it); i would (?:want|expect) the same; i like (?:this|that|it); "
        "next(?: one| question)?(?: please)?; let's go(?: on)?; let's continue; go on; let's move on; continue; i really do; "
        "i mean it; i do; i will; really; that(?:'s| is) right; exactly; that's what (?:i|mentors) (?:always )?do; "
        "i always (?:do|have|will); i already do(?: (?:this|that|it|so))?; i(?:'ve| have) always done so; i always have; "
        "(?:i have |i've |i've got )?nothing to hide; safety first; better safe than sorry; that's my (?:view|opinion|way) too; "
        "(?:as )?we all should; (?:happy|glad) to help; i want to help; i(?:'m| am) ready; ready; for me; you can (?:count|rely) on me; "
        "promise; (?:that's |it's )?my (?:promise|commitment|word); god bless(?: you)?; signed(?: and sealed)?; please note (?:it|that) down; please (?:record|note) (?:it|that|this); (?:it|that) protects (?:everybody|everyone|us all|both of us); "
        "(?:it|that) goes without saying; goes without saying; trust (?:matters|is important|is everything); (?:that|it) builds trust; "
        "i see it the same way; same here; i(?:'ve| have) (?:always )?(?:worked|lived) like (?:that|this)(?: for years)?; i(?:'ve| have) always (?:done|seen) it (?:so|that way|like that); "
        " i take (?:this|that|it) seriously; i think (?:that's|it's|this is) (?:great|good|fair|right); thanks for explaining; never had a problem with (?:that|it|this); (?:that|it) is what a good mentor does; that's what a good mentor does; i take that responsibility(?: on)?; that's only responsible; "
        "i accept that responsibility; in full; fully; completely; entirely"
    ),
    r"(?:i (?:have|see) )?(?:no|not a|no real) (?:problems?|objections?|issues?|worries|concerns?)"
    rf"(?: (?:at all|here|whatsoever|from me|from my side|on my side|(?:with|to) {_THING}))?",
    rf"{_IT_IS}{_VERY} {_GOOD}(?: (?:to|for|by|with) me)?",
    rf"{any_of('only', 'very', 'perfectly', 'totally')} {any_of('fair', 'reasonable', 'right', 'important', 'sensible')}",
)
_UNDERSTAND = (
    r"(?:i )?(?:(?:do|also|fully) )?(?:understand|know|realize|acknowledge)(?: (?:that|this|it))?|acknowledged",
    r"(?:i )?(?:fully |completely |totally |perfectly )?(?:understand|understood)"
    rf"(?: (?:this|that|it|everything|the above|every word(?: of it)?|all of (?:this|it)|{_CODE}))?",
    r"i(?:'ve| have) understood(?: (?:this|that|it|everything|every word))?",
    *listed(
        "crystal clear; all clear; (?:that|it)(?:'s| is) clear; clear; got it; i (?:know|understand) what (?:it|this|that) means"
    ),
)
_READ = (
    rf"i(?:'ve| have)? read (?:this|that|it|everything|the above|all of (?:this|it)|{_CODE})(?: (?:carefully|through|twice))*",
    *listed("i(?:'ve| have) read; read(?: carefully| twice)?; read (?:it|this|that)(?: carefully| twice)?"),
)
_READY = (
    "(?:happy|willing|glad|ready|prepared|ok|fine|comfortable|good|cool|committed|ready and willing|pleased|going|free)"
)
_PERMIT = r"(?:give|grant) (?:(?:you|jobgen) )?(?:my |full |the )*(?:permission|consent|approval|ok|word)"
#: The beginning of a promise that repeats what is asked: "I will … respect their privacy".
_PROMISE = (
    rf"(?:i|we) (?:{_HOW} )?(?:(?:do|will|shall) )?(?:{_HOW} )?(?:promise to|promise that|pledge to|commit to|agree to|consent to|authorize|allow|"
    rf"permit|approve(?: of)?|say yes to|accept|agree with|{_PERMIT} (?:to|for|that))(?: {_HOW})?(?: i will| i'll| to| i)?",
    rf"(?:i'll|i will|i shall|we will|we'll|(?:^|(?<=and )|(?<=, ))will)(?: {_HOW})?|i(?:'d| would)(?= never)|i(?= won't)",
    rf"(?:agree to|agree with|agreed to|yes to|happy to|willing to|glad to|promise to)(?: {_HOW})?",
    rf"i(?:'m| am) (?:{_HOW} |perfectly |very )?{_READY}(?: to| with| that)?|i have no (?:problem|objection|objections|issue) (?:with|to)",
    r"(?:you have|you've got|jobgen has) (?:my |full )*(?:permission|consent|ok|word) (?:to|for|that)(?: i will| i'll)?",
    r"(?:permission|consent) (?:granted|given) (?:to|for)|(?:fine|ok|good|happy|cool) with|you can (?:count|rely) on me (?:to|for)|"
    r"i give you my word to|i solemnly promise to",
    r"tak(?:e|ing) responsibility (?:for|to)|(?:it's|its|it is) (?:on me|my responsibility|my job) to|my (?:job|role) is to|i (?:take|accept) (?:the |that |this |my share of )?responsibility (?:for|to)|i always|i know(?: that)?",
)
#: The beginning of a statement that is agreed with: what follows may be only a part of the consent.
_CLAIM = (
    rf"(?:(?:i|we) )?(?:{_HOW} )?(?:(?:do|will) )?(?:{_HOW} )?(?:agree(?: that)?|accept that|agreed that|confirm that)(?: {_HOW})?",
)


_KINDS = {
    "explicit": _STATEMENTS,
    "yes": (*_YES_WORDS, *_FINE),
    "weak": _WEAK_WORDS,
    "promise": _PROMISE,
    "claim": _CLAIM,
    "support": _SUPPORT,
    "understand": _UNDERSTAND,
    "read": _READ,
}
# "I agree | I have read it" goes on with one sentence: it agrees to nothing but to have read.
_APART = frozenset(("explicit", kind) for kind in ("read", "understand", REPEATED))
_PHRASES = Phrases(_KINDS, _APART)
#: Every word of the phrases above.
VOCABULARY = _PHRASES.vocabulary


def is_agreement(words: str, subject: Subject | None = None) -> bool:
    """Whether the whole of ``words`` says yes.

    An acknowledgement is no agreement: "I have read it" counts only beside "I agree", "I understand" only beside
    that or a plain "yes", and "ok" only on its own.

    Args:
        words: from `bot.understanding.phrases.spoken`.
        subject: what was asked for: who repeats it in its own words agrees, too.
    """
    return any(_agrees(kinds) for kinds in _phrases(subject).compositions(words))


@lru_cache(maxsize=64)
def _phrases(subject: Subject | None) -> Phrases:
    return Phrases({**_KINDS, **subject.phrases()}, _APART) if subject else _PHRASES


def _agrees(kinds: frozenset[str]) -> bool:
    if kinds & {"promise", "claim"} and REPEATED not in kinds:
        return False
    if kinds & {"promise", "claim"} and "read" not in kinds:
        return True
    return bool(kinds & {"explicit", AGREED}) or ("yes" in kinds and "read" not in kinds) or kinds == {"weak"}
