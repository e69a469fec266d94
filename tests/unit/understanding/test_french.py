"""French as people type it, at an English or a French question: what a rule reads. None of it stands so in a list."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.understanding.asides import Aside, aside_in
from bot.understanding.commands import Command, read_command
from bot.understanding.dates import Problem, read_date_of_birth
from bot.understanding.items import clause_about, named_item
from bot.understanding.names import is_introduced, looks_like_name, read_name
from bot.understanding.reader import Meaning, ReadingContext, read_by_rule
from bot.understanding.text import is_question

CONSENT = ReadingContext("two_months", "yes_no", "I commit.")
TODAY = date(2026, 11, 30)

COMMANDS = {
    "go_back": (
        "Retour svp",
        "RETOUR !",
        "euh, revenez en arrière s'il vous plaît",
        "Bon, question précédente",
        "pardon, retour",
    ),
    "skip": ("passez, merci", "je prefere ne pas repondre.", "Bon, on passe", "passer cette question svp"),
    "repeat": (
        "repetez svp",
        "Pouvez vous répéter ? ".replace(" vous", "-vous"),
        "encore une fois, s'il te plaît",
        "redites svp",
    ),
    "see_review": (
        "Bon, je veux relire mes réponses",
        "voir mes reponses svp",
        "recap",
        "Montrez-moi mes réponses, merci",
    ),
    "pause": (
        "je continue plus tard, merci",
        "On s'arrete la",
        "Bon, plus tard",
        "j'ai pas le temps, désolé".replace(", désolé", ""),
    ),
    "resume": ("Alors, on continue", "me revoila", "reprenons svp", "Je suis de retour !"),
    "start_over": (
        "Je veux tout recommencer du début",
        "on recommence tout depuis le début",
        "il faut tout refaire à zéro",
    ),
    "cancel": (
        *(
            "Bonjour, je veux supprimer mon compte svp",
            "supprimez toutes mes données",
            "effacez tout ce que j'ai écrit",
        ),
        *("je veux fermer mon compte", "J'abandonne tout", "laissez tomber, annulez mon inscription", "Je me désiste"),
        *(
            "pouvez-vous effacer mes réponses ?",
            "supprime mes infos stp",
            "je veux plus être mentor",
            "désinscrivez-moi",
        ),
    ),
    "withdraw_consent": (
        *("Je voudrais retirer mon accord", "je retire mon consentement", "je reviens sur mon accord"),
        *(
            "je suis plus d'accord",
            "Je n'accepte plus",
            "je veux retirer un de mes accords",
            "finalement, je retire mon accord",
        ),
    ),
    "meant_otherwise": (
        *("Oups, je voulais dire oui", "pardon, je voulais dire non", "désolée, je me suis trompée de bouton"),
        *("mince, mauvais bouton", "attendez, c'était non", "zut, j'ai cliqué sur oui par erreur"),
    ),
    "resend_code": (
        "Toujours rien reçu !",
        "j'ai pas recu le code",
        "renvoyez moi un code".replace(" moi", "-moi"),
        "pas de mail...",
    ),
    "stop_reminders": (
        "arrêter les rappels",
        "plus de rappels svp",
        "Arrêtez de m'écrire, merci",
        "je veux plus de rappels",
    ),
    "continue_elsewhere": ("continuer sur mon téléphone svp", "Continuer sur mon ordi"),
    "faq_why": (
        "Pourquoi???",
        "c'est quoi le but",
        "C koi le but ?",
        "à quoi ca sert",
        "pourquoi cette question, svp ?",
    ),
    "faq_help": ("AIDE", "au secours !", "j'ai besoin d'aide svp", "Comment ca marche ?"),
    "faq_sees": ("qui voit ma reponse", "Qui va voir ça ??", "qui peut le voir"),
    "faq_meaning": (
        "Je comprends pas.",
        "ca veut dire quoi",
        "c'est à dire ?".replace(" à ", "-à-"),
        "pouvez-vous expliquer svp",
    ),
    "faq_example": ("un exemple s'il vous plaît", "vous avez un exemple", "je sais pas quoi ecrire"),
    "faq_person": ("Je voudrais parler à quelqu'un svp", "parler a un humain", "un humain s'il vous plaît"),
    "faq_status": ("Où en est mon dossier ?", "ou en est mon inscription"),
    "chat_goodbye": ("Bonne soirée !", "Je dois filer...", "à tantôt !", "je reviens plus tard, merci"),
    "chat_thanks": ("Merci infiniment !", "merci bcp !!", "Mille mercis"),
    "chat_greet": ("Bjr", "coucou !", "Salut à tous"),
}


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in COMMANDS.items() for text in texts])
def test_commands_and_short_questions(name: str, text: str) -> None:
    command = read_command(text)
    assert command is not None
    assert command.name == name


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("Modifier ma photo svp", "photo"),
        ("je voudrais changer mon nom", "full_name"),
        ("corriger mon prenom", "full_name"),
        ("Je veux mettre une autre photo", "photo"),
        ("il faut corriger ma date de naissance", "date_of_birth"),
        ("je souhaite modifier mes raisons", "reasons"),
        ("changer mon expertise", "expertise"),
        ("est-ce que je peux modifier mon expérience ?", "experience"),
        ("changer mon adresse mail", "email"),
        ("pouvez-vous changer mon courriel", "email"),
        ("modifier la clause 3", "ethics_laws"),
        ("Je veux changer la troisième clause", "ethics_laws"),
        ("je retire mon accord pour la vérification des antécédents", "background_check"),
        ("je ne suis plus d'accord avec le code", "code_of_ethics"),
        ("je me suis trompé d'adresse", "email"),
    ],
)
def test_changes_name_their_item(text: str, item: str) -> None:
    assert read_command(text) == Command("change_answer", item)


@pytest.mark.parametrize(
    "text",
    [
        "changer de métier à cinquante ans",
        "arrêter le chômage des jeunes",
        "retirer les obstacles devant eux",
        "Modifier les mentalités",
        "J'ai dû tout recommencer après un licenciement",
        "aider les autres à continuer",
        "supprimer les barrières à l'emploi",
        "recommencer sa vie, j'ai connu",
        "Je ne veux plus voir de jeunes sans emploi",
        "Répéter, corriger, encourager",
    ],
)
def test_answers_that_begin_like_commands_are_none(text: str) -> None:
    assert read_command(text, "long_text") is None
    assert aside_in(text, "long_text") is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Je m'appelle Élodie Marchand", "Élodie Marchand"),
        ("je mappelle Kevin Tremblay", "Kevin Tremblay"),
        ("moi c'est Karim Benali", "Karim Benali"),
        ("Mon nom est Aïssatou Diop", "Aïssatou Diop"),
        ("mon nom complet c'est Yao Kouassi", "Yao Kouassi"),
        ("Bonjour, je m’appelle Luc Roy.", "Luc Roy"),
        ("nom : Fatou Ndiaye", "Fatou Ndiaye"),
        ("Je suis Jean-Marc Lefebvre", "Jean-Marc Lefebvre"),
        ("jsuis Paul Gagnon", "Paul Gagnon"),
        ("C'est Marie du Plessis", "Marie du Plessis"),
    ],
)
def test_what_introduces_a_name_is_no_part_of_it(text: str, name: str) -> None:
    assert read_name(text) == name


@pytest.mark.parametrize("text", ["je comprends pas", "vous voulez quoi", "pourquoi mon nom", "qui êtes vous"])
def test_speech_does_not_look_like_a_name(text: str) -> None:
    assert not looks_like_name(text)
    assert not is_introduced(text)


@pytest.mark.parametrize(
    ("text", "born"),
    [
        ("le 4 juillet 1948", date(1948, 7, 4)),
        ("né le 14/7/48", date(1948, 7, 14)),
        ("1er mars 1975", date(1975, 3, 1)),
        ("premier mars 1975", date(1975, 3, 1)),
        ("je suis née le 12 aout 1980 à Lyon", date(1980, 8, 12)),
        ("03-déc-1985", date(1985, 12, 3)),
        ("le 5 janv. 1970", date(1970, 1, 5)),
        ("jeudi 23 mai 1985", date(1985, 5, 23)),
        ("04/07/1948 (jj/mm/aaaa)", date(1948, 7, 4)),
        ("24 fevrier 1990", date(1990, 2, 24)),
    ],
)
def test_dates(text: str, born: date) -> None:
    assert read_date_of_birth(text, TODAY).candidates == (born,)


@pytest.mark.parametrize("text", ["ma fille est née le 3 mai 1990", "je me suis marié le 3 mai 1990", "j'ai 45 ans"])
def test_other_days_are_no_date_of_birth(text: str) -> None:
    assert read_date_of_birth(text, TODAY).problem is Problem.NO_DATE


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("pourquoi vous voulez ma date de naissance ?", "date_of_birth"),
        ("qui voit mon prénom ?", "full_name"),
        ("à quoi sert mon courriel", "email"),
        ("le casier judiciaire, c'est obligatoire ?", "background_check"),
        ("pourquoi 2 mois", "two_months"),
        ("que veut dire la cinquième clause", "ethics_respect_for_time"),
        ("la 3e partie", "ethics_laws"),
        ("la clause sur la vie privée", "ethics_privacy"),
        ("celle sur les conflits d'intérêts", "ethics_ethical_issues"),
        ("le point n° 9", "ethics_truthfulness"),
        ("mes compétences", "expertise"),
        ("mon parcours", "experience"),
    ],
)
def test_items_are_named(text: str, item: str) -> None:
    assert named_item(text) == item


@pytest.mark.parametrize(
    ("word", "clause"), [("c'est quoi l'autonomie", "ethics_autonomy"), ("quelles lois", "ethics_laws")]
)
def test_what_a_clause_is_about(word: str, clause: str) -> None:
    assert clause_about(word) == clause


@pytest.mark.parametrize(
    "text",
    [
        "suivant svp",
        "Valider !",
        "ok, la suite",
        "ENVOYER",
        "ça marche",
        "nickel !",
        "Pas de souci",
        "je confirme",
        "d'acc",
    ],
)
def test_words_of_buttons_are_never_stored(text: str) -> None:
    assert aside_in(text, "long_text") is Aside.WORD
    assert aside_in(text, "name") is Aside.DOUBTFUL


@pytest.mark.parametrize(
    "text",
    ["je vous l'ai déjà dit !", "comme je l'ai dit", "ben j'ai déjà répondu", "Voir plus haut", "pareil qu'avant"],
)
def test_what_was_said_before_is_no_answer(text: str) -> None:
    assert aside_in(text, "long_text") is Aside.SAID_BEFORE


@pytest.mark.parametrize(
    "text", ["pourquoi il faut ça", "combien de questions encore", "est-ce que c'est long", "c'est quoi"]
)
def test_questions_without_a_question_mark(text: str) -> None:
    assert is_question(text)


@pytest.mark.parametrize(
    ("text", "intent"),
    [("Soumettre", "affirm"), ("Valider", "affirm"), ("Envoyer !", "affirm"), ("oui, validez svp", "affirm")],
)
def test_both_words_send_the_registration(text: str, intent: str) -> None:
    meaning = read_by_rule(text, ReadingContext("review", "review", language="fr"))
    assert meaning is not None
    assert meaning.intent == intent


YES = (
    "oui tout à fait",
    "ben oui",
    "bah oui bien sûr",
    "oui oui pas de problème",
    "ok ça marche",
    "ok pour moi",
    "d'acc",
    "daccord",
    "oui d'accord",
    "je suis d acc",
    "ça roule",
    "nickel",
    "carrément",
    "ouais",
    "ouais ok",
    "oui, avec plaisir",
    "c'est bon pour moi",
    "pas de souci pour moi",
    "aucun souci",
    "sans problème",
    "ça me va très bien",
    "oui je m'y engage",
    "je m'engage à le faire",
    "oui j'accepte volontiers",
    "évidemment",
    "évidemment, c'est normal",
    "bien entendu",
    "cela va de soi",
    "oui c'est normal",
    "oui merci",
    "j'accepte ces conditions",
    "je suis tout à fait d'accord avec ça",
    "oui bien évidemment",
    "absolument, oui",
    "d'accord, je comprends",
    "entendu",
    "c'est ok",
    "ok jsuis d'accord",
    "oui chef",
    "affirmatif",
    "yes, d'accord",
    "oui, I agree",
    "sure, pas de problème",
    "j'approuve",
    "je valide",
    "validé",
    "vous avez mon accord",
    "je donne mon accord",
    "c'est d'accord",
    "bien volontiers",
    "oui svp",
    "parfait pour moi",
    "impeccable",
    "ok c'est parfait",
    "OUI",
    "oui 👍",
    "moi ça me va",
    "bon ben oui",
    "oui sans hésiter",
)

NO = (
    "non merci",
    "pas d'accord",
    "je ne suis pas d'accord",
    "jsuis pas d'accord",
    "chuis pas d'accord",
    "je suis pas d'accord avec ça",
    "jamais de la vie",
    "hors de question",
    "pas question",
    "c'est non",
    "non désolé",
    "ah non",
    "ben non",
    "nan",
    "non je refuse",
    "je refuse",
    "absolument pas",
    "pas du tout",
    "certainement pas",
    "surtout pas",
    "je ne veux pas",
    "j'veux pas",
    "non, pas du tout d'accord",
    "non je n'accepte pas",
    "j'accepte pas",
    "désolé mais non",
    "non vraiment pas",
    "je préfère pas",
    "non, je ne peux pas m'engager",
)

NEITHER = (
    "mouais",
    "peut-être",
    "je sais pas",
    "jsais pas trop",
    "oui mais seulement le week-end",
    "oui si c'est payé",
    "ça dépend",
    "on verra",
    "pourquoi pas",
    "oui et non",
    "je vais réfléchir",
    "pas sûr",
    "bof",
    "j'ai lu",
    "compris",
    "je suppose que oui",
    "oui sauf en août",
    "oui, je le dirai à ma femme",
    "d'accord mais pas plus d'un mois",
    "oui, un petit mensonge ça aide",
    "faut voir",
    "pas vraiment",
    "si vous voulez",
    "c'est quoi ?",
    "oui peut-être",
    "je crois que oui",
)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("text", YES)
def test_a_yes_is_one_whatever_language_the_bot_writes(text: str, language: str) -> None:
    assert read_by_rule(text, replace(CONSENT, language=language)) == Meaning("affirm")


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("text", NO)
def test_a_no_is_one_whatever_language_the_bot_writes(text: str, language: str) -> None:
    assert read_by_rule(text, replace(CONSENT, language=language)) == Meaning("deny")


@pytest.mark.parametrize("text", NEITHER)
def test_what_is_neither_is_no_consent(text: str) -> None:
    meaning = read_by_rule(text, CONSENT)
    assert meaning is None or meaning.intent not in ("affirm", "deny")
