"""Ending and taking back: what deletes, begins again or withdraws is read by rule, from the whole message.

A message counts only when it is composed of the phrases below with no word left over. A likelihood opens none of it:
what only sounds like an ending is for `may_end_something`, and leads to a question with buttons.
"""

from __future__ import annotations

import re

from bot.core.form_files import FORM_FILES
from bot.understanding.items import clause_about, named_item
from bot.understanding.phrases import Phrases, any_of, listed, spoken
from bot.understanding.text import without_accents

#: The intents that are read here.
ENDINGS = frozenset({"cancel", "start_over", "withdraw_consent", "meant_otherwise", "change_answer"})
_CONSENTS = frozenset(each.item.id for each in FORM_FILES if each.item.kind != "question")

# Phrases are regular expressions over words in lower case and without accents.
_WISH = (
    "(?:"
    + any_of(
        *listed("""
        i want to; i want you to; i want; i wanna; i wish to; i wish; i would like to; i would like you to; i'd like to;
        i'd like you to; i'd like; i would like; i need to; i need you to; i will; i'll; i; can you; could you; would you; will you; can i;
        could i; may i; can we; could we; let me; lemme; let's; lets; let us; please; pls; plz; kindly; just; now; so;
        then; must i; i have decided to; i decided to; go ahead and; you can; you may; i ask you to; i am asking you to;
        je; je veux; je voudrais; j'aimerais; je souhaite; pouvez-vous; peux-tu; est-ce que je peux; veuillez; merci de;
        je desire; il faut; on peut; je vais; j'ai decide de; je peux; pourriez-vous; tu peux; vous pouvez; faut""")
    )
    + " )*"
)
_OWN = "(?:all |all of )?(?:my|the|this|these|those|your) (?:whole |entire |own |mentor |organisation |personal )*"
_THINGS = any_of(
    *listed("""
    answers; answer; data; information; info; infos; details; account; registration; application; profile; form;
    entries; messages; sign-up; signup; file; draft; records about me""")
)
_DID = "(?:i|i've|i have|you|you've|you have) (?:already |just |ever )*" + any_of(
    *listed(
        "wrote; written; entered; typed; told you; said; gave you; given you; filled in; have; know; saved; "
        "save; stored; store; keep; sent you"
    )
)
_EVERYTHING = any_of(
    *listed("""
    it; this; them; it all; this all; them all; all; all of it; all of this; all of them; everything; the lot;
    the whole thing; the whole lot; the whole registration; me"""),
    f"{_OWN}{_THINGS}(?: and {_OWN}{_THINGS})*",
    f"(?:everything|all|what|all that|everything that) {_DID}",
)
_WHERE = "(?: about me| here| so far| of me| of mine| from (?:your|the|this) (?:system|list|lists|database|site|server|form))*"
_DELETE = any_of(
    *listed("""
    delete; deleting; erase; erasing; remove; wipe; wipe out; destroy; discard; scrap; get rid of; throw away;
    delet; delte""")
)
_END = any_of(
    *listed("cancel; cancle; cancell; cansel; end; abort; terminate; quit; exit; stop; close; deactivate; leave")
)
_ENDED = any_of(
    *listed(
        "the registration; my registration; this registration; registration; my application; the application; "
        "application; my account; this account; the whole thing; the whole registration; this whole registration; "
        "everything; it all; all of it; all of this; the form; this form; the process; the sign-up; my sign-up; "
        "my profile; this whole thing"
    )
)
_DONE = any_of(*listed("deleted; erased; removed; wiped; closed; cancelled; canceled; gone; destroyed"))
_MENTOR = "(?:be|become|being|becoming) (?:a |your )?mentor"
_ANY_MORE = "(?: any more| anymore| any longer| at all| after all| now)*"
_NOT_WANTED = "(?:no longer (?:want|wish)|(?:do not|don't|dont|no) (?:want|wish|wanna))"
_FROM_THE_START = "from (?:the )?(?:very )?(?:beginning|begining|start|top|first|first question|scratch|zero|question one|question 1|ground up)(?: again)?"
_ALL_OF_THE_FORM = any_of(
    *listed(
        "it; this; it all; this all; everything; all of it; all; the form; the whole form; the entire form; "
        "the registration; the whole registration; the whole thing; all my answers; my registration; my answers"
    )
)
_AFRESH = any_of(
    *listed("over; over again; all over; all over again; again; again from zero; anew; afresh; fresh; new; once more")
)

_SUPPRIMER = any_of(
    *listed(
        "supprimer; supprime; supprimez; effacer; efface; effacez; annuler; annule; annulez; fermer; ferme; fermez; "
        "cloturer; detruire; retirer; arreter; arretez; arrete; desactiver; enlever; enleve; enlevez; eliminer; suppr"
    )
)
_CHOSES = any_of(
    *listed(
        "mon compte; ce compte; le compte; mes reponses; toutes mes reponses; mes donnees; toutes mes donnees; "
        "mon inscription; l'inscription; cette inscription; ma candidature; mon profil; mes informations; tout; "
        "tout ca; tout cela; mon compte et mes donnees; tout mon compte; tout ce que j'ai (?:ecrit|dit|mis|rempli); tout le formulaire; le formulaire; l'enregistrement; mes infos; toutes mes infos; mon dossier; ma demande"
    )
)
_DU_DEBUT = any_of(*listed("depuis le debut; du debut; au debut; a zero; de zero; depuis zero"))

_CANCEL = (
    *listed("quit; i quit; cancel; cancle; cansel; abort; exit; /cancel; unregister me; please unregister me; deregister me; "
            "sign me off; remove me from your list; delete me from your system; i withdraw; annuler; tout annuler"),
    f"{_WISH}(?:cancel|cancle|abort|quit|exit|unregister|deregister)",
    f"{_WISH}(?:cancel|end|terminate|abort) (?:it|this|that)",
    f"{_WISH}(?:take|strike|remove|cross|get) (?:me|my name|my details) (?:off|from) (?:the|your|this) lists?",
    f"{_WISH}{_DELETE} {_EVERYTHING}{_WHERE}",
    f"{_WISH}{_END} {_ENDED}",
    f"{_WISH}(?:i'm |i am )?(?:withdraw|withdrawing|pull out|pull|retract)(?: from)? (?:my |the |this )?(?:registration|application)",
    f"{_WISH}(?:opt|back|pull|drop) out of (?:the |this |my )?(?:registration|application|programme|program)",
    f"{_WISH}(?:to have |have )?{_EVERYTHING}{_WHERE} (?:to be )?{_DONE}",
    f"(?:i )?{_NOT_WANTED} (?:to )?{_MENTOR}{_ANY_MORE}",
    f"(?:i )?(?:won't|wont|will not|will no longer) {_MENTOR}{_ANY_MORE}",
    "(?:i decided|i've decided|i have decided) (?:not to|against) (?:become|becoming|be|being) (?:a )?mentor",
    f"{_WISH}{_SUPPRIMER} {_CHOSES}",
    f"{_WISH}tout (?:supprimer|effacer|annuler|arreter)",
    f"{_WISH}(?:me |m')?(?:enlever|enlevez|retirer|retirez|rayer|rayez|oter|otez)(?:[ -]moi| mon nom)? de (?:la|votre|cette) liste",
    "(?:je )?(?:ne )?veux plus (?:etre|devenir) mentore?",
    "je (?:ne )?(?:veux|souhaite) plus (?:m'inscrire|continuer l'inscription|participer)",
    "je me (?:desinscris|desiste|retire)(?: du programme)?|desinscri(?:re|vez)(?:[ -]moi)?|me desinscrire",
    f"{_WISH}(?:abandonner|quitter)(?: (?:l'inscription|mon inscription|le programme|tout))?",
    "j'abandonne(?: tout)?",
)  # fmt: skip
_START_OVER = (
    f"{_WISH}(?:start|strat|begin) {_AFRESH}(?: {_FROM_THE_START})?(?: again)?",
    f"{_WISH}(?:start|strat|begin)(?: {_ALL_OF_THE_FORM})?(?: all)?(?: over| again)? {_FROM_THE_START}(?: again)?",
    f"{_WISH}(?:start|begin|do) {_ALL_OF_THE_FORM} (?:all over|over|all over again|over again|anew|afresh|again {_FROM_THE_START})"
    f"(?: {_FROM_THE_START})?",
    f"{_WISH}(?:start|begin) the (?:form|registration|whole thing) (?:again|over|anew|afresh)",
    f"{_WISH}(?:redo|repeat) {_FROM_THE_START}",
    f"{_WISH}do (?:it all|everything|all of it|the whole (?:form|thing|registration)) again(?: {_FROM_THE_START})?",
    f"{_WISH}(?:restart|reset)(?: {_ALL_OF_THE_FORM})?(?: {_FROM_THE_START})?",
    f"{_WISH}(?:redo|repeat) (?:it all|everything|all of it|the (?:whole |entire )?(?:form|registration|thing))(?: {_FROM_THE_START})?",
    f"(?:once more |again |all )?{_FROM_THE_START}(?: again)?",
    f"{_WISH}(?:tout )?recommencer(?: tout)?(?: {_DU_DEBUT})?",
    f"{_WISH}(?:repartir|reprendre|recommencer) {_DU_DEBUT}",
    f"(?:on )?(?:recommence|recommencons|recommencez)(?: tout)?(?: {_DU_DEBUT})?",
    f"{_WISH}(?:tout )?(?:refaire|reprendre)(?: tout)? {_DU_DEBUT}",
    f"(?:on )?(?:repart|repartons|reprend|reprenons) {_DU_DEBUT}",
)
_CONSENT = any_of(
    *listed(
        "consent; consents; permission; permissions; agreement; agreements; promise; promises; approval; approvals; "
        "commitment; commitments; authorisation; authorization; declaration; yes; ok"
    )
)
_WITHDRAW = any_of(
    *listed(
        "withdraw; take back; revoke; retract; cancel; undo; remove; rescind; withdrawing; pull back; reverse; delete; "
        "drop; end"
    )
)
_RETIRER = any_of(*listed("retirer; retire; revoquer; revoque; annuler; reprendre; retirez"))
_WITHDRAWAL = (
    f"{_WISH}{_WITHDRAW} (?:(?:a|an|one|some|any|my|the|that|this|all|of|these|earlier|previous|last|given|other) )*{_CONSENT}"
    "(?: back)?(?: (?:i|that i|which i) (?:gave|have given|made)(?: you| before| earlier)*)?",
    f"{_WISH}take (?:(?:a|an|one|of|my|the|that|this|all) )*{_CONSENT} back",
    f"{_WISH}take (?:it|that|this|what i said|them) (?:all )?back",
    f"{_WISH}take back (?:it|that|this|what i (?:said|agreed to)|my word|something(?: i (?:said|agreed to))?)",
    f"i (?:no longer|don't|dont|do not) (?:agree|consent){_ANY_MORE.replace('*', '+')}",
    "i no longer (?:agree|consent)",
    "consent withdrawal|withdrawal of (?:a |my )?consent",
    f"{_WISH}(?:withdraw|revoke|opt out) of (?:a|my|the) consent",
    f"{_WISH}{_RETIRER} (?:(?:un|une|mon|ma|mes|le|la|un de|l'un de|des) )*(?:accord|accords|consentement|consentements|"
    "permission|permissions|autorisation|autorisations|engagement|engagements)",
    "je (?:ne )?suis plus d'accord(?: du tout)?",
    "je (?:retire|reprends) (?:ca|cela|ce que j'ai dit|ma parole|mon oui)",
    "je (?:reviens|veux revenir) sur (?:mon|un|un de mes) (?:accord|accords|consentement|engagement)",
    "je (?:n'accepte|n'autorise) plus",
    "retrait (?:de|d'un) (?:mon )?(?:accord|consentement)",
)  # fmt: skip
_AROUND = listed("""
    please; pls; plz; thanks; thank you; now; right now; at once; immediately; asap; today; sorry; hi; hello; ok; okay;
    no; nope; no way; yes; actually; well; then; so; oh; hmm; stop; stop this; stop it; wait; hey; enough; forget it;
    forget this; forget everything; forget about it; never mind; i'm out; i am out; i'm done; i am done; count me out; i give up;
    (?:i )?changed my mind(?: about (?:mentoring|this|it|the whole thing))?; i've changed my mind(?: about (?:mentoring|this|it))?;
    i have changed my mind; i (?:do not|don't|dont) want (?:this|it|to do this|to continue|to go on)(?: any more| anymore| any longer)?;
    i'm not doing this; i am not doing this; (?:i am|i'm|im) (?:no longer|not) interested(?: any more| anymore)?;
    mentoring is not for me; this is not for me; i decided against it; i've decided against it;
    i messed (?:it|everything|this|that)(?: all)? up; all wrong; it's all wrong; it is all wrong; everything is wrong;
    i made a mistake; i made (?:too many|some|a lot of) mistakes; s'il vous plait; s'il te plait; svp; stp; merci; maintenant;
    non; oui; bonjour; desole; desolee; j'ai change d'avis; immediatement; tout de suite; bon; ben; alors; finalement; en fait;
    (?:c'est bon )?laisse(?:z)? tomber; j'en ai marre; je (?:ne )?suis plus interessee?; ca (?:ne )?m'interesse plus; definitivement; stp; vraiment;
     if you don't mind; for me;
    from me; for good; forever; completely; entirely; instead; after all
    """)
_PHRASES = Phrases({"cancel": _CANCEL, "start_over": _START_OVER, "withdraw_consent": _WITHDRAWAL, "around": _AROUND})
#: A longer message, in words, is no command.
_LONGEST = 30
#: One of these words is in every ending, so that one look tells most messages from it.
_CUES = re.compile(
    r"\b(?:delet\w*|delte|eras\w+|remov\w+|wip\w+|destroy\w*|discard|scrap|rid|throw|cancel\w*|cancl\w*|"
    r"cansel|end\w*|abort|terminat\w+|quit|exit|stop|clos\w+|deactivate|leave|leaving|withdr\w+|unregister|deregister|"
    r"unsubscribe|out|sign me off|restart|reset|redo|repeat|start|strat|begin|over|again|scratch|zero|beginning|top|"
    r"forget|give up|gone|any ?more|any longer|no longer|not interested|not for me|do(?:n't| not)? want|dont want|won't|wont|decided|"
    r"changed my mind|back|revoke|retract|undo|rescind|reverse|opt|pull|"
    r"supprim\w+|effac\w+|annul\w+|ferm\w+|clotur\w+|detruire|retir\w+|arret\w+|desactiver|recommenc\w+|repartir|"
    r"reprendre|revoqu\w+|plus|refaire|repart\w*|repren\w+|reviens|revenir|retrait|desinscri\w+|desist\w+|abandonn\w+|quitt\w+|enlev\w+|eliminer|"
    r"suppr|laissez? tomber|lists?|liste)\b"
)
#: Who says one of these wants something that is no end: nothing is deleted or begun again in such a message.
_KEEPING = (
    r"(?:send\w*|sent|submit\w*|keep\w*|kept|register\w*|agree\w*|envo(?:y|i)\w+|soumet\w*|gard(?:e|er|ez|ons)|"
    r"m'inscri\w*|inscri(?:re|s|t|te|vez)|d'accord|accept\w*)"
)
_KEEPS = re.compile(rf"\b{_KEEPING}\b")
_NOT_KEPT = re.compile(rf"\b(?:do not|don't|dont|never|not|won't|no longer) (?:\w+ )?{_KEEPING}\b")
#: What takes something back, and what that is follows.
_TAKEN_BACK = re.compile(
    _WISH
    + "(?:"
    + any_of(
        "(?:take back|taking back|withdraw|withdrawing|revoke|retract|undo|rescind|remove|reverse) "
        "(?:what i (?:said|agreed|promised|answered)(?: to)?|my|the|that)?",
        "(?:no longer|do not|don't|dont) (?:agree|consent|want to agree)(?: any ?more| anymore| any longer)? (?:with|to|about|on|that)",
        "(?:have |'ve )?changed my mind (?:about|on|regarding)",
        "(?:regret|take back) (?:agreeing|saying yes|having agreed) (?:to|about|on)",
        "(?:retirer|retire|revoquer|revoque|reprends|reviens sur|annule|annuler) (?:mon accord|mon engagement|mon oui|mon consentement|ma permission|mon autorisation|"
        "ce que j'ai dit)(?: pour| sur| a| au| de| concernant)?",
        "(?:ne suis|suis) plus d'accord (?:avec|pour|sur)",
    )
    + ") (?P<what>.+)"
)
_BACK_AT_THE_END = re.compile(rf"{_WISH}take (?:what i (?:said|agreed|promised|answered) )?(?P<what>.+) back")
_LEADS = re.compile(
    r"^(?:(?:actually|no|oh|well|sorry|wait|hold on|hmm|on second thoughts?|yes|ok|okay|but|and|hi|hello|please|en fait|non|je|"
    r"finalement|i've|i have|thinking about it|i am sorry|i'm sorry|,) )+"
)
#: A wish that is put as a question.
_ASKS_FOR_IT = re.compile(
    r"(?:(?:please|hi|hello|hey|ok|sorry|so|and|,) )*(?:can|could|would|will|may|let|pouvez-vous|peux-tu|est-ce que je peux) .+ \?"
)
_TRAILS = re.compile(
    r"(?: ,)?(?: (?:please|thanks|thank you|now|any ?more|anymore|any longer|after all|part|thing|,))+$"
)
#: Not to be done now, or only asked about.
_LATER = re.compile(
    r"\b(?:later|after|afterwards?|any ?time|once|if|when|still|would|what|how|why|plus tard|apres|quand|si)\b"
)
_MOST_WORDS_OF_AN_ITEM = 9
_MEANT = re.compile(
    r"(?:(?:sorry|oops|ooops|oh|no|yes|wait|hold on|actually|pardon|pardon me|excuse me|my mistake|my bad|my fault|ah|uh|um|hm|"
    r"hmm|damn|well|argh|typo|wrong|wrong button|that was wrong|that was a mistake|by mistake|i am sorry|i'm sorry|so sorry|"
    r"apologies|desole|desolee|pardon|oups|non|oui|attendez|attends|mince|zut|ah|euh|excusez-moi|,) )*"
    r"(?:"
    r"(?:i |i've |what i )?(?:meant|mean|wanted|intended|should have said|should have pressed|wanted to say)"
    r"(?: to)?(?: (?:say|press|click|tap|answer|choose|type|put|write|was))*"
    r" (?:a |that )?(?:yes|no|yeah|nope|agree|disagree|i agree|i disagree|i do not agree|i don't agree|i do|i don't|not agree|"
    r"the other(?: one| button)?)"
    r"|i (?:pressed|clicked|tapped|hit|said|typed|chose) (?:the )?(?:wrong (?:button|one|thing)|(?:yes|no|agree|disagree) by (?:mistake|accident|error))"
    r"|(?:je voulais|j'voulais|je voulais dire|j'ai voulu dire|je veux dire|c'etait)(?: dire| repondre| mettre| taper)? (?:oui|non|que je suis d'accord|d'accord|pas d'accord)"
    r"|je me suis trompee? (?:de bouton|, (?:c'est|c'etait|je voulais dire) (?:oui|non))"
    r"|(?:j'ai|je) (?:appuye|clique|tape|repondu|dit) (?:sur )?(?:le mauvais bouton|(?:oui|non|j'accepte|je n'accepte pas) par erreur|trop vite)"
    r"|mauvais bouton|erreur de bouton"
    r")(?: ,)?(?: (?:please|sorry|there|to that|to the last one|to that one|to the one before|before|instead|desole|desolee|pardon|,))*"
)


def read_ending(text: str, kind: str | None = None) -> tuple[str, str | None] | None:
    """What the whole message ends, begins again, takes back or sets right, or None.

    Args:
        text: the whole message.
        kind: how the open question is answered; where anything may be written, only a consent is taken back.

    Returns:
        ``cancel``, ``start_over``, ``withdraw_consent`` or ``meant_otherwise``, or ``change_answer`` with the item.
    """
    said = _words(text)
    if not said or len(said.split()) > _LONGEST:
        return None
    if _ASKS_FOR_IT.fullmatch(said):
        said = said.removesuffix(" ?")
    if _MEANT.fullmatch(said):
        return "meant_otherwise", None
    if not _CUES.search(said):
        return None
    item = _taken_back(said, kind)
    if item is not None:
        return "change_answer", item
    keeps = _KEEPS.search(said) is not None
    wanted = [kinds - {"around"} for kinds in _PHRASES.compositions(said)]
    if {"withdraw_consent"} in wanted:
        return "withdraw_consent", None
    if {"cancel"} in wanted and not keeps:
        return "cancel", None
    if any(each and each <= {"cancel", "start_over"} for each in wanted) and not keeps:
        return "start_over", None
    return None


def may_end_something(text: str) -> bool:
    """Whether a message has words of an ending, and none of somebody who wants to go on."""
    said = _words(text)
    return _CUES.search(said) is not None and _KEEPS.search(_NOT_KEPT.sub("", said)) is None


def _words(text: str) -> str:
    """The words of ``text``, without accents, which not everybody types."""
    said = without_accents(spoken(text)).split()
    return " ".join(each for each in said if any(map(str.isalnum, each)) or each in (",", "?", "/"))


def _taken_back(said: str, kind: str | None) -> str | None:
    """The item that is taken back by name."""
    bare = _TRAILS.sub("", _LEADS.sub("", said.rstrip("? ")))
    match = _TAKEN_BACK.fullmatch(bare) or _BACK_AT_THE_END.fullmatch(bare)
    if match is None:
        return None
    what = match["what"].strip(" ,")
    if len(what.split()) > _MOST_WORDS_OF_AN_ITEM or _LATER.search(what):
        return None
    item = named_item(what) or clause_about(what)
    if item is None or item == "account":
        return None
    return item if item in _CONSENTS or kind != "long_text" else None
