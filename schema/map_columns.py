"""The theme map in columns, for maps of many points."""

from array import array
from base64 import b64encode

import strawberry
from strawberry import ID

from schema.marks import described
from schema.scalars import Timestamp
from server.themes.columns import Columns


def packed(numbers: "array[int]") -> str:
    return b64encode(numbers.tobytes()).decode("ascii")


@strawberry.type(
    description="The points of a theme map in columns: Base64 of unsigned little-endian numbers, of 16 bits where nothing else "
    "is said. Complete up to `seq`: follow jamChanges after it."
)
class ThemeMapColumns:
    entity: strawberry.Private[Columns]

    @strawberry.field
    def seq(self) -> int:
        return self.entity.seq

    @strawberry.field
    def count(self) -> int:
        return len(self.entity.ids)

    @described("Ids of the ideas, with a space between two.")
    def idea_ids(self) -> str:
        return " ".join(self.entity.ids)

    @described("0 to 65535 from side to side.")
    def x(self) -> str:
        return packed(self.entity.x)

    @described("0 to 65535 from top to bottom.")
    def y(self) -> str:
        return packed(self.entity.y)

    @described("What `themes` and `subthemes` count from 1.")
    def theme_ids(self) -> list[ID]:
        return [ID(id) for id in self.entity.theme_ids]

    @described("Places in `themeIds`; 0 for none.")
    def themes(self) -> str:
        return packed(self.entity.themes)

    @described("Places in `themeIds`; 0 for none.")
    def subthemes(self) -> str:
        return packed(self.entity.subthemes)

    @described("32 bits each.")
    def supports(self) -> str:
        return packed(self.entity.supports)

    @described("When times begin.")
    def origin(self) -> Timestamp:
        return Timestamp(self.entity.origin)

    @described("Seconds after `origin`, 32 bits each.")
    def posted(self) -> str:
        return packed(self.entity.posted)

    @described("What `languages` counts from 0.")
    def language_codes(self) -> list[str]:
        return list(self.entity.language_codes)

    @described("Places in `languageCodes`, 8 bits each.")
    def languages(self) -> str:
        return packed(self.entity.languages)

    @described("A title a line; empty unless they were asked for.")
    def titles(self) -> str:
        return "\n".join(self.entity.titles)
