"""The words of invitation mails, one entry a language."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape

from server.access.mailer import Mail
from server.jam.people import Relation
from server.jam.rejections import InvalidInput
from server.jam.texts import clean_text

LINE = 300
"""Characters of the inviter's own line."""

LANGUAGES = ("en", "he")
_LINK = re.compile(r"://|www\.|\w\.[a-z]{2,}(?:/|\b)", re.IGNORECASE)

WORDS = {
    "en": {
        "dir": "ltr",
        "subject": "{inviter} invites you to {jam}",
        "hello": "Hello {name},",
        "hello_nobody": "Hello,",
        "lead": "{inviter} invites you to take part in {jam}, an innovation jam, as {relation}.",
        "asks": "The jam asks: {question}",
        "wrote": "{inviter} wrote:",
        "button": "See the invitation",
        "shared": "If you join, others in the jam see your name, that you take part as {relation}, and your country if you "
        "give one. Your e-mail address is seen by you and the organizers only. Nothing is shared before you accept.",
        "until": "The invitation is for you alone, works once, and ends on {until}.",
        "decline": "You need not do anything if you do not want to join. To decline, or to report the invitation, open the "
        "link and choose so there: you will get no further mail about this jam. Your address is deleted 30 days after the "
        "invitation has ended.",
        "EMPLOYEE": "an employee",
        "FAMILY": "family of an employee",
        "FRIEND": "a friend",
        "CLIENT": "a client",
        "PARTNER": "a partner",
    },
    "he": {
        "dir": "rtl",
        "subject": "{inviter} בהזמנה עבורך: {jam}",
        "hello": "שלום {name},",
        "hello_nobody": "שלום,",
        "lead": "קיבלת הזמנה מאת {inviter} להשתתף ב־{jam}, אירוע חדשנות משותף, בתור {relation}.",
        "asks": "השאלה של האירוע: {question}",
        "wrote": "מילים מאת {inviter}:",
        "button": "לצפייה בהזמנה",
        "shared": "אם תצטרפו, שאר המשתתפים יראו את השם שלכם, שאתם משתתפים בתור {relation}, ואת המדינה אם תציינו אותה. כתובת "
        "הדוא״ל גלויה רק לכם ולמארגנים. שום דבר אינו משותף לפני שאישרתם.",
        "until": "ההזמנה מיועדת רק לכם, פועלת פעם אחת, ובתוקף עד {until}.",
        "decline": "אם אינכם רוצים להצטרף, אין צורך לעשות דבר. כדי לסרב, או לדווח על ההזמנה, פתחו את הקישור ובחרו בכך שם: לא "
        "תקבלו הודעות נוספות על האירוע הזה. הכתובת שלכם תימחק 30 יום אחרי שההזמנה תסתיים.",
        "EMPLOYEE": "עובדי החברה",
        "FAMILY": "בני משפחה של עובדי החברה",
        "FRIEND": "חברים",
        "CLIENT": "לקוחות",
        "PARTNER": "שותפים",
    },
}


@dataclass(frozen=True, slots=True)
class Letter:
    """What an invitation mail tells. `line` is the inviter's own, plain text; `until` in ms since 1970; `id` a Message-ID."""

    to: str
    name: str
    inviter: str
    jam: str
    question: str
    relation: Relation
    line: str
    url: str
    until: int
    language: str
    id: str


def clean_line(line: str | None) -> str:
    """The inviter's own line, as it may go into a mail: without links, so that nobody fishes in our name. Raises
    `InvalidInput`.
    """
    cleaned = clean_text("line", line or "", LINE, 0, True)
    if _LINK.search(cleaned):
        raise InvalidInput("line", "Leave addresses of pages out: the mail has the link to the invitation.")
    return cleaned


def invitation_mail(letter: Letter) -> Mail:
    """The mail, in its language where there are words for it, else in English. What people wrote stands in it as plain text."""
    language = letter.language if letter.language in WORDS else "en"
    words = WORDS[language]
    told = {"inviter": _one_line(letter.inviter), "jam": _one_line(letter.jam), "relation": words[letter.relation.value]}
    parts = [
        words["hello"].format(name=_one_line(letter.name)) if letter.name else words["hello_nobody"],
        words["lead"].format(**told),
    ]
    if letter.question:
        parts.append(words["asks"].format(question=_one_line(letter.question)))
    quoted = [words["wrote"].format(**told), letter.line] if letter.line else []
    until = datetime.fromtimestamp(letter.until / 1000, UTC).strftime("%d.%m.%Y %H:%M UTC")
    after = [words["shared"].format(**told), words["until"].format(until=until), words["decline"]]
    text = "\n\n".join([*parts, *quoted, letter.url, *after]) + "\n"
    html = _html(language, words, parts, quoted, letter.url, after)
    return Mail(letter.to, words["subject"].format(**told), text, html, language, letter.id)


def _one_line(text: str) -> str:
    """A header can't be broken out of, and a name can't look like a paragraph of ours."""
    return " ".join(text.replace("://", " ").split())


def _html(language: str, words: dict[str, str], before: list[str], quoted: list[str], url: str, after: list[str]) -> str:
    quote = ""
    if quoted:
        lines = "<br>".join(escape(line) for line in quoted[1].splitlines())
        style = "border-inline-start:3px solid #1B6E45;margin:0;padding-inline-start:12px"
        quote = f'<p>{escape(quoted[0])}</p><blockquote dir="auto" style="{style}">{lines}</blockquote>'
    small = "".join(f'<p style="color:#4E6157;font-size:14px">{escape(part)}</p>' for part in after)
    return (
        f'<html lang="{language}" dir="{words["dir"]}"><body dir="{words["dir"]}" style="font-family:sans-serif;color:#14231D">'
        + "".join(f"<p>{escape(part)}</p>" for part in before)
        + quote
        + f'<p><a href="{escape(url)}" style="background:#1B6E45;color:#fff;padding:12px 20px;border-radius:10px;'
        f'text-decoration:none;display:inline-block">{words["button"]}</a></p>{small}</body></html>'
    )
