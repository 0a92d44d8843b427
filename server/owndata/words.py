"""The words of `data.html`, in the languages that it is written in."""

from collections.abc import Mapping

Words = Mapping[str, str]

ENGLISH: Words = {
    "title": "My data in Hothouse",
    "made": "Made on",
    "about": "Everything that this server keeps about you. The same, with every detail, is in data.json.",
    "person": "You",
    "account": "Your account",
    "jams": "Jams",
    "membership": "Membership",
    "ideas": "Ideas",
    "comments": "Comments",
    "votes": "Votes",
    "likes": "Likes",
    "reports": "Reports you filed",
    "notices": "Notices",
    "events": "All recorded events that name you",
    "invitations": "Invitations you made",
    "invitationsToMe": "Invitations to you",
    "nothing": "Nothing.",
    "hidden": "(not visible to you any more)",
    "file": "File",
    "earlier": "Earlier versions",
    "many": "{count} in all; they are in data.json.",
    "anonymous": "What you posted without your name is not in here: nobody can tell that it is yours.",
}

HEBREW: Words = {
    "title": "המידע שלי ב־Hothouse",
    "made": "נוצר ב־",
    "about": "כל מה שהשרת הזה שומר עליך. אותו מידע, על כל פרטיו, נמצא בקובץ data.json.",
    "person": "הפרטים שלך",
    "account": "החשבון שלך",
    "jams": "ג׳אמים",
    "membership": "חברות",
    "ideas": "רעיונות",
    "comments": "תגובות",
    "votes": "הצבעות",
    "likes": "לייקים",
    "reports": "דיווחים ששלחת",
    "notices": "הודעות",
    "events": "כל האירועים הרשומים שבהם שמך מופיע",
    "invitations": "הזמנות שיצרת",
    "invitationsToMe": "הזמנות אליך",
    "nothing": "אין.",
    "hidden": "(כבר אינו גלוי לך)",
    "file": "קובץ",
    "earlier": "גרסאות קודמות",
    "many": "{count} בסך הכול; כולם בקובץ data.json.",
    "anonymous": "מה שפרסמת בלי שמך אינו כאן: איש אינו יכול לדעת שהוא שלך.",
}


def words_in(language: str) -> Words:
    """The words in a language; in English where there are none."""
    return HEBREW if language == "he" else ENGLISH
