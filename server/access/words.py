"""The words of sign-in mails, one entry a language."""

from html import escape

from server.access.mailer import Mail

WORDS = {
    "en": {
        "subject": "Your sign-in link for Hothouse",
        "hello": "Hello {name},",
        "lead": "this link signs you in. It works once, for {minutes} minutes.",
        "button": "Sign in",
        "ignore": "If you did not ask for it, you can ignore this mail: nothing happens without the link.",
        "dir": "ltr",
    },
    "he": {
        "subject": "קישור הכניסה שלך ל-Hothouse",
        "hello": "שלום {name},",
        "lead": "הקישור הזה מכניס אותך למערכת. הוא פועל פעם אחת, במשך {minutes} דקות.",
        "button": "כניסה",
        "ignore": "אם לא ביקשת אותו, אפשר להתעלם מההודעה: בלי הקישור לא קורה דבר.",
        "dir": "rtl",
    },
}


def sign_in_mail(to: str, name: str, url: str, minutes: int, language: str) -> Mail:
    """The mail with a sign-in link, in the person's language where there are words for it, else in English."""
    language = language if language in WORDS else "en"
    words = WORDS[language]
    hello, lead = words["hello"].format(name=name), words["lead"].format(minutes=minutes)
    text = f"{hello}\n\n{lead}\n\n{url}\n\n{words['ignore']}\n"
    html = (
        f'<html lang="{language}" dir="{words["dir"]}"><body style="font-family:sans-serif;color:#14231D">'
        f"<p>{escape(hello)}</p><p>{lead}</p>"
        f'<p><a href="{escape(url)}" style="background:#1B6E45;color:#fff;padding:12px 20px;border-radius:10px;'
        f'text-decoration:none">{words["button"]}</a></p><p style="color:#4E6157">{words["ignore"]}</p></body></html>'
    )
    return Mail(to, words["subject"], text, html, language)
