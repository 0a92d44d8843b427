"""Who is here now, as counts in which nobody can be made out."""

import strawberry

from schema.marks import described
from server import here as counting
from server.jam.people import Relation


@strawberry.type
class HereCountry:
    country: str
    count: int


@strawberry.type
class HereRelation:
    relation: Relation
    count: int


@strawberry.type(
    description="People with a live connection to the server that answers. Fewer than three of a country or a relation are "
    "told only as part of the rest."
)
class Here:
    entity: strawberry.Private[counting.Here]

    @strawberry.field
    def count(self) -> int:
        return self.entity.count

    @described("ISO 3166 codes, most people first.")
    def countries(self) -> list[HereCountry]:
        return [HereCountry(country=country, count=count) for country, count in self.entity.countries]

    @described("People of all other countries, and those who told none.")
    def elsewhere(self) -> int:
        return self.entity.elsewhere

    @strawberry.field
    def relations(self) -> list[HereRelation]:
        return [HereRelation(relation=relation, count=count) for relation, count in self.entity.relations]

    @described("People of all other relations.")
    def others(self) -> int:
        return self.entity.others
