"""Puts the schema together."""

from collections.abc import Callable, Iterator
from inspect import iscoroutinefunction
from typing import Any, cast

import strawberry
from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema
from strawberry.tools import merge_types
from strawberry.types.field import StrawberryField

from schema.live import Subscription, payload_of
from schema.mutations.account import AccountMutations
from schema.mutations.anonymity import AnonymityMutations
from schema.mutations.comments import CommentMutations
from schema.mutations.ideas import IdeaMutations
from schema.mutations.inviting import InvitingMutations
from schema.mutations.jams import JamMutations
from schema.mutations.latency import LatencyMutations
from schema.mutations.members import MemberMutations
from schema.mutations.minors import MinorMutations
from schema.mutations.moderation import ModerationMutations
from schema.mutations.own import OwnMutations
from schema.mutations.push import PushMutations
from schema.mutations.restrictions import RestrictionMutations
from schema.mutations.terms import TermsMutations
from schema.mutations.themes import ThemeMutations
from schema.mutations.webhooks import WebhookMutations
from schema.query import Query
from schema.results import HANDLERS
from schema.scalars import CONFIG

OF_ONE_PERSON = frozenset(
    {
        "Operations", "OperationsWorker", "OperationsFigure", "OperationsPoint",
        "Viewer", "ViewerChanges", "Notification", "Draft", "Session", "Passkey", "ApiToken",
        "TermsAcceptance", "Minor", "Circle", "Webhook", "WebhookDelivery", "Inviting", "InvitationPage", "Suspension",
        "SinceYouLeft", "SinceItem", "SinceMore", "SinceCount", "ViewerBranch", "BroughtPerson",
        "PushSettings", "PushDevice",
    }
)  # fmt: skip
"""Types that exist for one person only: every field of theirs is personal."""

DEFINITION = "strawberry-definition"
Resolve = Callable[..., Any]


def build() -> strawberry.Schema:
    """The executable schema."""
    areas = (
        IdeaMutations, CommentMutations, OwnMutations, MemberMutations, ModerationMutations, JamMutations, ThemeMutations,
        AccountMutations, InvitingMutations, LatencyMutations, AnonymityMutations, TermsMutations, MinorMutations,
        RestrictionMutations, WebhookMutations, PushMutations,
    )  # fmt: skip
    made = strawberry.Schema(
        query=Query,
        mutation=merge_types("Mutation", areas),
        subscription=Subscription,
        config=CONFIG,
        exception_handlers=HANDLERS,
    )
    _hear(made._schema)
    _lighten(made._schema)
    return made


def _objects(schema: GraphQLSchema) -> Iterator[GraphQLObjectType]:
    return (kind for name, kind in schema.type_map.items() if isinstance(kind, GraphQLObjectType) and name[:2] != "__")


def _hear(schema: GraphQLSchema) -> None:
    """The event of a subscription is what changed; its payload is read from that, whoever executes it."""
    if schema.subscription_type is not None:
        for field in schema.subscription_type.fields.values():
            field.resolve = payload_of


def _lighten(schema: GraphQLSchema) -> None:
    """Calls resolvers that take nothing but their object directly: a live tick reads thousands of such fields, and the
    general way (an Info, converted arguments, extensions) costs several times what they do.
    """
    for kind in _objects(schema):
        for field in kind.fields.values():
            direct = _direct(field)
            if direct is not None:
                field.resolve = direct


def _direct(field: GraphQLField) -> Resolve | None:
    definition = field.extensions.get(DEFINITION)
    if not isinstance(definition, StrawberryField) or definition.is_subscription or field.args:
        return None
    resolver = definition.base_resolver
    if resolver is None:
        return _attribute(definition.python_name)
    if iscoroutinefunction(resolver.wrapped_func) or not resolver.self_parameter or resolver.info_parameter:
        return None
    return _method(cast("Callable[[Any], Any]", resolver.wrapped_func))


def _attribute(name: str) -> Resolve:
    return lambda source, _info: getattr(source, name)


def _method(resolve: Callable[[Any], Any]) -> Resolve:
    return lambda source, _info: resolve(source)


def personal_fields(schema: GraphQLSchema) -> frozenset[str]:
    """Coordinates ("Type.field") of the fields marked as personal, and of all fields of types that exist for one person."""
    return frozenset(
        f"{kind.name}.{name}"
        for kind in _objects(schema)
        for name, field in kind.fields.items()
        if kind.name in OF_ONE_PERSON or _is_marked(field)
    )


def instant_fields(schema: GraphQLSchema) -> frozenset[str]:
    """Coordinates of the fields that are different at every moment."""
    fields = ((kind.name, name, field) for kind in _objects(schema) for name, field in kind.fields.items())
    return frozenset(f"{kind}.{name}" for kind, name, field in fields if _is_marked(field, "instant"))


def _is_marked(field: GraphQLField, mark: str = "personal") -> bool:
    definition = field.extensions.get(DEFINITION)
    return isinstance(definition, StrawberryField) and bool(definition.metadata.get(mark))
