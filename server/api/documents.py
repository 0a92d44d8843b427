"""Documents made ready once: parsed, held to the limits, validated, and told apart by what they touch."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    get_argument_values,
    get_variable_values,
    parse,
    validate,
)

from server.api.analysis import (
    Coordinates,
    Cost,
    Measure,
    field_of,
    fragments_of,
    is_introspective,
    root_nodes,
    single_use_variables,
)
from server.api.errors import DocumentRefused, coded
from server.api.limits import DocumentLimits

OTHER = "other"
"""The label of whatever is not trusted."""


@dataclass(frozen=True, slots=True)
class RootField:
    """A root field of one request with its arguments as the resolver would get them."""

    name: str
    node: FieldNode
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """One operation, ready to be executed. `key` is the same for the same text and operation name.

    `has_own` says that something in its answer is the caller's own, or of the very moment. `label` is what counters call
    it: the name of a trusted operation, else `OTHER`, so that nobody can invent labels.
    """

    key: str
    document: DocumentNode
    operation: OperationDefinitionNode
    operation_name: str | None
    roots: tuple[FieldNode, ...]
    coordinates: frozenset[str]
    is_shareable: bool
    has_own: bool
    single_use_variables: frozenset[str]
    cost: Cost | None
    label: str = OTHER

    @property
    def kind(self) -> OperationType:
        """Query, mutation or subscription."""
        return self.operation.operation

    @property
    def root_fields(self) -> tuple[str, ...]:
        """The schema's names of the root fields."""
        return tuple(node.name.value for node in self.roots)


class Documents:
    """Turns the text or hash of a document into something to execute, or refuses it.

    `trusted` maps the SHA-256 (hex) of a document to its text: those skip the limits, and are kept once they are ready.
    With `trusted_only` nothing else is run. `personal` names the "Type.field"s that depend on who asks: an operation that
    touches none is shareable. `instant` names those that are different at every moment: an operation that
    touches one or the other has something of its own in each answer (`own`).
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        limits: DocumentLimits | None = None,
        trusted: Mapping[str, str] | None = None,
        trusted_only: bool = False,
        personal: frozenset[str] = frozenset(),
        instant: frozenset[str] = frozenset(),
    ) -> None:
        self.schema = schema
        self.personal = personal
        self.own = personal | instant
        self.edition = 0
        self._limits = limits or DocumentLimits()
        self._trusted = dict(trusted or {})
        self._trusted_only = trusted_only
        self._vouched: frozenset[str] = frozenset()
        self._ready: OrderedDict[tuple[str, str | None], Prepared] = OrderedDict()
        self._trusted_ready: dict[tuple[str | None, str | None], Prepared] = {}
        self._characters = 0

    def prepare(self, query: str | None, document_hash: str | None, operation_name: str | None) -> Prepared:
        """The operation of a document given by text, by hash or by both; raises `DocumentRefused`."""
        known = self._trusted_ready.get((document_hash, operation_name))
        if known is not None:
            return known
        if document_hash in self._trusted:
            return self._kept(document_hash, operation_name)
        text = self._text(query, document_hash)
        ready = self._ready.get((text, operation_name))
        if ready is None:
            return self._remember(text, self._new(text, operation_name))
        self._ready.move_to_end((text, operation_name))
        return ready

    def trust(self, texts: Mapping[str, str]) -> None:
        """From now on trust exactly these documents, by their SHA-256 (hex): another edition, by which others know it."""
        self.edition += 1
        self._trusted = dict(texts)
        self._trusted_ready = {key: ready for key, ready in self._trusted_ready.items() if key[0] in texts}
        # What was made ready as a stranger's is made anew as a trusted one, and the other way round.
        self._ready.clear()
        self._characters = 0

    def vouch(self, hashes: Iterable[str]) -> None:
        """These trusted documents were validated already."""
        self._vouched = frozenset(hashes)

    def _new(self, text: str, operation_name: str | None) -> Prepared:
        digest = _digest(text)
        if digest in self._trusted:
            return self._kept(digest, operation_name)
        if self._trusted_only:
            raise _refused("DOCUMENT_NOT_TRUSTED", "This server runs the documents of its own pages only.")
        return self._make(text, digest, operation_name, is_trusted=False)

    def _kept(self, digest: str, operation_name: str | None) -> Prepared:
        """A trusted operation, made ready once and for good."""
        ready = self._trusted_ready.get((digest, operation_name))
        if ready is None:
            ready = self._make(self._trusted[digest], digest, operation_name, is_trusted=True)
            self._trusted_ready[digest, operation_name] = ready
            if operation_name is None and ready.operation.name is not None:
                # Its only operation is the same by name: some clients send the name along, some do not.
                self._trusted_ready[digest, ready.operation.name.value] = ready
        return ready

    def admit(self, prepared: Prepared, variables: Mapping[str, Any]) -> None:
        """Refuse an operation whose cost with these variables is too high."""
        if prepared.cost is not None and not prepared.cost.is_static:
            self._hold_to_cost(prepared.cost, prepared.operation, variables)

    def roots(self, prepared: Prepared, variables: dict[str, Any]) -> list[RootField]:
        """Root fields with coerced arguments; raises `DocumentRefused` where the variables don't fit."""
        values = get_variable_values(self.schema, prepared.operation.variable_definitions or (), variables)
        if isinstance(values, list):
            raise DocumentRefused([coded("BAD_VARIABLES", error.message) for error in values])
        parent = self.schema.get_root_type(prepared.kind)
        found = []
        for node in prepared.roots:
            field = field_of(parent, node.name.value)
            try:
                arguments = get_argument_values(field, node, values) if field else {}
            except GraphQLError as error:
                raise DocumentRefused([coded("BAD_VARIABLES", error.message)]) from error
            found.append(RootField(node.name.value, node, arguments))
        return found

    def _text(self, query: str | None, document_hash: str | None) -> str:
        if query is None:
            raise DocumentRefused([_unknown(document_hash)])
        if document_hash is not None and _digest(query) != document_hash:
            raise _refused("PERSISTED_QUERY_HASH_MISMATCH", "The hash is not the SHA-256 of this document.")
        return query

    def _make(self, text: str, digest: str, operation_name: str | None, is_trusted: bool) -> Prepared:
        document = self._parse(text, None if is_trusted else self._limits.tokens)
        operation = _operation(document, operation_name)
        fragments = fragments_of(document)
        if not is_trusted:
            self._hold_to_shape(document)
        if not (is_trusted and digest in self._vouched):
            self._validate(document)
        if not self._limits.introspection and is_introspective(operation, fragments):
            raise _refused("INTROSPECTION_OFF", "Introspection is off here: read the published schema instead.")
        coordinates = Coordinates(self.schema, fragments).of(operation)
        return Prepared(
            key=f"{digest}:{operation_name or ''}",
            document=document,
            operation=operation,
            operation_name=operation_name,
            roots=tuple(root_nodes(operation, fragments)),
            coordinates=coordinates,
            is_shareable=not coordinates & self.personal,
            has_own=bool(coordinates & self.own),
            single_use_variables=single_use_variables(document),
            cost=None if is_trusted else self._cost(operation, document),
            label=operation.name.value if is_trusted and operation.name else OTHER,
        )

    def _parse(self, text: str, tokens: int | None) -> DocumentNode:
        try:
            return parse(text, max_lexical_tokens=tokens, max_comments=tokens)
        except GraphQLSyntaxError as error:
            if error.message.endswith("nested too deeply. Parsing aborted."):
                raise _too_deep(self._limits.depth) from error
            if error.message.endswith("Parsing aborted."):
                raise _refused("TOO_MANY_TOKENS", f"Ask for less: a document may hold {tokens} tokens.") from error
            raise DocumentRefused([coded("SYNTAX", error.message)]) from error
        except RecursionError as error:
            raise _too_deep(self._limits.depth) from error

    def _hold_to_shape(self, document: DocumentNode) -> None:
        measure = Measure(fragments_of(document))
        for node in document.definitions:
            if isinstance(node, OperationDefinitionNode):
                self._hold_operation(measure, node)

    def _hold_operation(self, measure: Measure, operation: OperationDefinitionNode) -> None:
        try:
            extent = measure.of(operation.selection_set)
        except RecursionError as error:
            raise _too_deep(self._limits.depth) from error
        if extent.depth > self._limits.depth:
            raise _too_deep(self._limits.depth)
        if extent.aliases > self._limits.aliases:
            raise _refused("TOO_MANY_ALIASES", f"Use fewer aliases: an operation may hold {self._limits.aliases}.")

    def _validate(self, document: DocumentNode) -> None:
        errors = validate(self.schema, document, max_errors=20)
        if errors:
            raise DocumentRefused([_invalid(error) for error in errors])

    def _cost(self, operation: OperationDefinitionNode, document: DocumentNode) -> Cost:
        cost = Cost(self.schema, fragments_of(document), self._limits)
        cost.of(operation, {})
        if cost.is_static:
            self._hold_to_cost(cost, operation, {})
        return cost

    def _hold_to_cost(self, cost: Cost, operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> None:
        total = cost.of(operation, variables)
        if total > self._limits.cost:
            allowed = f"this may produce {total} values, {self._limits.cost} are allowed."
            raise _refused("TOO_COSTLY", f"Ask for smaller lists (`first`): {allowed}")

    def _remember(self, text: str, ready: Prepared) -> Prepared:
        self._ready[text, ready.operation_name] = ready
        self._characters += len(text)
        while self._is_overfull() and len(self._ready) > 1:
            (old, _), _ = self._ready.popitem(last=False)
            self._characters -= len(old)
        return ready

    def _is_overfull(self) -> bool:
        limits = self._limits
        return len(self._ready) > limits.cached_documents or self._characters > limits.cached_characters


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _refused(code: str, message: str) -> DocumentRefused:
    return DocumentRefused([coded(code, message)])


def _too_deep(most: int) -> DocumentRefused:
    return _refused("TOO_DEEP", f"Nest less: an operation may be {most} fields deep.")


def _unknown(document_hash: str | None) -> GraphQLError:
    if document_hash is None:
        return coded("DOCUMENT_MISSING", "Send `query`, or the hash of a published document.")
    return coded("PERSISTED_QUERY_NOT_FOUND", "No document has this hash: send its text.")


def _invalid(error: GraphQLError) -> GraphQLError:
    return GraphQLError(error.message, error.nodes, extensions={"code": "INVALID_DOCUMENT"})


def _operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    chosen = [node for node in operations if name is None or (node.name and node.name.value == name)]
    if len(chosen) == 1:
        return chosen[0]
    if name is not None:
        raise _refused("NO_SUCH_OPERATION", f"The document has no operation named {name}.")
    raise _refused("NO_OPERATION", "Send one operation, or name the one to run in `operationName`.")
