"""A yes with a remark beside it that breaks what is agreed to."""

from __future__ import annotations

from collections.abc import Iterator

FRAMES = ("Yes, {}", "Sure, {}", "I agree, {}", "Yes {}", "{}, so yes", "Of course. {}.", "Oui, {}", "Fine, {}")

#: What breaks each consent, as people would say it beside a yes.
BREAKING: dict[str, tuple[str, ...]] = {
    "background_check": (
        "you will find nothing under my old name",
        "check my brother instead of me",
        "I will send you a report of my own",
        "the police here lost my file for a fee",
    ),
    "two_months": ("I am gone by Christmas", "three weeks is plenty", "a weekend each", "I leave for good on Monday"),
    "published_and_rated": (
        "everything but my chats stays with me",
        "I will write under another name",
        "my friends will rate me five stars",
        "you show nothing of it to anyone",
    ),
    "ethics_assist_and_guide": (
        "they do as I say",
        "my own plans come first",
        "I will sell them my course",
        "I decide what they become",
    ),
    "ethics_confidentiality": (
        "I will tell my wife everything",
        "I post the best stories on my blog",
        "my team hears all of it",
        "secrets are for sharing",
    ),
    "ethics_laws": (
        "laws are for others",
        "I bend the rules a little",
        "the tax man hears nothing",
        "my own law counts",
    ),
    "ethics_mentee_rights": (
        "they complain to me alone",
        "I keep them from calling you",
        "they have no rights with me",
        "nobody gets to report me",
    ),
    "ethics_respect_for_time": (
        "they answer me day and night",
        "my time is worth more than theirs",
        "I call them at midnight",
        "they wait until I show up",
    ),
    "ethics_autonomy": (
        "they ask me before they do anything",
        "I run their lives",
        "I make all of the decisions",
        "they stay with me for years",
    ),
    "ethics_own_work": (
        "I write their applications",
        "I sit the test for them",
        "I do half of it",
        "it is quicker if I do it",
    ),
    "ethics_privacy": (
        "I ask about their marriage",
        "I read their messages",
        "I look them up on the net",
        "they tell me all about their family",
    ),
    "ethics_truthfulness": (
        "a little lie helps",
        "I make my past look better",
        "I tell them what they like to hear",
        "some stories of mine are made up",
    ),
    "ethics_smooth_ending": (
        "I just stop answering",
        "they will always need me",
        "I vanish when it gets boring",
        "they come back to me or fail",
    ),
    "ethics_no_exploitation": (
        "they clean my house for it",
        "they pay me a share of the wage",
        "my shop needs free hands",
        "a date now and then is fine",
    ),
    "ethics_own_limits": (
        "I give advice on anything",
        "I treat their illness myself",
        "I can do all of it",
        "I send them to nobody else",
    ),
    "ethics_records": (
        "the notes are mine",
        "I keep their papers for my book",
        "my secretary reads them",
        "I show them to their boss",
    ),
    "ethics_ethical_issues": (
        "I tell you when it is over",
        "I sort such things out quietly",
        "my firm gains from it",
        "I look the other way",
    ),
    "ethics_right_to_end": (
        "I say when it ends",
        "they stay till the end of the year",
        "whoever leaves pays me",
        "I will talk them out of it",
    ),
    "code_of_ethics": (
        "my own code is better",
        "I follow the parts I like",
        "nobody keeps to such things",
        "I will see what I can get away with",
    ),
}


def replies() -> Iterator[tuple[str, str]]:
    """The id of a consent and a reply to it that is no clear yes, for every consent, remark and frame."""
    for consent, remarks in BREAKING.items():
        for remark in remarks:
            for frame in FRAMES:
                yield consent, frame.format(remark)
