"""The page of the waiting room: one small file without assets, in every language, that counts down and looks again by itself.

It works without scripts (the browser refreshes it), with any font, at any width, and is read to those who do not see it.
"""

from html import escape
from math import ceil

from server.overload.words import Words, languages_for

STYLE = """
:root { color-scheme: light dark; font: 17px/1.5 system-ui, sans-serif; }
body { margin: 0; min-block-size: 100vh; display: grid; place-content: center; padding: 24px; box-sizing: border-box;
  background: light-dark(#faf7f0, #17201b); color: light-dark(#22302a, #e9efe9); }
main { max-inline-size: 30rem; }
section + section { margin-block-start: 32px; padding-block-start: 24px; border-block-start: 1px solid #8888; }
h1, h2 { font-size: 1.4rem; line-height: 1.25; margin: 0 0 12px; }
p { margin: 0 0 12px; }
.place { font-size: 1.25rem; font-weight: 700; }
a { display: inline-block; padding: 12px 20px; border-radius: 12px; background: #1f6b4a; color: #fff; text-decoration: none; }
a:focus-visible { outline: 3px solid #e0a526; outline-offset: 3px; }
"""
SCRIPT = """
let left = SECONDS;
const timer = setInterval(() => {
  left -= 1;
  for (const one of document.querySelectorAll('[data-left]')) one.textContent = Math.max(0, left);
  if (left <= 0) { clearInterval(timer); location.reload(); }
}, 1000);
"""
LATER_S = 5
"""The refresh without a script comes so much after the one with it."""


def waiting_page(place: int, seconds: float, accepted: str, nonce: str) -> str:
    """The page for who is at a place (from 1) and is to look again in so many seconds."""
    left = ceil(seconds)
    first, *others = languages_for(accepted)
    parts = [_section(first, place, left, "h1"), *(_section(words, place, left, "h2") for words in others)]
    return f"""<!doctype html>
<html lang="{first.language}" dir="{first.direction}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="{left + LATER_S}"><title>{escape(first.title)}</title>
<style nonce="{nonce}">{STYLE}</style></head>
<body><main>{"".join(parts)}</main><script nonce="{nonce}">{SCRIPT.replace("SECONDS", str(left))}</script></body>
</html>
"""


def _section(words: Words, place: int, left: int, heading: str) -> str:
    again = escape(words.again).replace("{}", f"<span data-left>{left}</span>")
    return (
        f'<section lang="{words.language}" dir="{words.direction}"><{heading}>{escape(words.title)}</{heading}>'
        f'<p>{escape(words.calm)}</p><p class="place" role="status">{escape(words.place.format(f"{place:,}"))}</p>'
        f'<p>{again}</p><p>{escape(words.kept)}</p><p><a href="">{escape(words.now)}</a></p></section>'
    )
