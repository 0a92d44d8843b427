"""Sign-in by the company's account: from the page to the provider and back, to a person, and to what they are in the jams."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hmac import compare_digest
from typing import Any

import orjson
import structlog

from server.access.claim_rules import Rule, Standing, may_organize, standing
from server.access.magic_link import safe_path
from server.access.openid import Provider, SignInRefused
from server.access.secrets import hashed, new_person_id, new_secret
from server.jam import commands as c
from server.jam import ids
from server.jam.people import Role
from server.jam.phases import Phase
from server.jam.rejections import Rejection
from server.jam.state import JamState
from server.jam.texts import NAME
from server.jam_store import JamStore
from server.vault.credentials import Identity, IdentityTaken, Ticket
from server.vault.port import EmailTaken, PersonRecord, Vault

log = structlog.get_logger()

KIND = "company"
MINUTES = 10
"""How long one may take at the provider's page."""

ORGANIZER = "*"
"""The key under which the right to create jams is kept among what was granted."""


@dataclass(frozen=True, slots=True)
class Departure:
    """Where the browser goes, and the secret that it keeps in a cookie meanwhile."""

    url: str
    secret: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """Who came back, and where they wanted to go."""

    person_id: str
    next_path: str


class CompanySignIn:
    """The steps of a sign-in by the provider. Each sign-in is tied to one browser and is good once."""

    def __init__(
        self, vault: Vault, store: JamStore, provider: Provider, rules: Sequence[Rule], clock: Callable[[], int]
    ) -> None:
        self._vault = vault
        self._store = store
        self._provider = provider
        self._rules = rules
        self._clock = clock

    async def leave(self, next_path: str, language: str) -> Departure:
        """Begins a sign-in. Raises `ProviderTrouble`."""
        state, secret, nonce, verifier = new_secret(), new_secret(), new_secret(), secrets.token_urlsafe(48)
        begun = await self._provider.begin(state, nonce, verifier, language)
        body = orjson.dumps({"nonce": nonce, "verifier": verifier, "next": safe_path(next_path), "language": language})
        expires_at = self._clock() + MINUTES * 60_000
        await self._vault.add_ticket(Ticket(hashed(state), KIND, hashed(secret), body.decode(), expires_at))
        return Departure(begun.url, secret)

    async def arrive(self, answer: Mapping[str, str], secret: str | None) -> Arrival:
        """Ends it. Raises `SignInRefused` or `ProviderTrouble`; then nothing has changed, and this sign-in is over."""
        ticket = await self._vault.take_ticket(hashed(answer.get("state", "")), KIND, self._clock())
        if ticket is None:
            raise SignInRefused("TooLate", "no such sign-in is under way")
        if secret is None or not compare_digest(hashed(secret), ticket.browser_hash or ""):
            raise SignInRefused("OtherBrowser", "the sign-in was begun in another browser")
        begun = orjson.loads(ticket.body)
        claims = await self._provider.finish(answer, begun["nonce"], begun["verifier"])
        identity = await self._identity(claims, begun["language"])
        await self._settle(identity, claims)
        return Arrival(identity.person_id, begun["next"])

    async def _identity(self, claims: Mapping[str, Any], language: str) -> Identity:
        """The account, which stands for the same person from its first sign-in on."""
        issuer, subject = self._provider.client.issuer, claims["sub"]
        known = await self._vault.identity(issuer, subject)
        if known is not None:
            return known
        person = await self._person(claims, language)
        identity = Identity(issuer, subject, person.id, self._clock(), "{}")
        try:
            await self._vault.put_identity(identity)
        except IdentityTaken:
            known = await self._vault.identity(issuer, subject)
            if known is None:
                raise SignInRefused("TryAgain", "the account changed hands meanwhile") from None
            return known
        return identity

    async def _person(self, claims: Mapping[str, Any], language: str) -> PersonRecord:
        """The person with the account's address, if the provider vouches for it; else a new one."""
        email = claims.get("email") if claims.get("email_verified") is True else None
        email = email.strip() if isinstance(email, str) else None
        known = await self._vault.person_by_email(email) if email else None
        if known is not None:
            return known
        person = PersonRecord(new_person_id(), email, _name(claims, email), None, language, self._clock())
        try:
            await self._vault.add_person(person)
        except EmailTaken:
            found = await self._vault.person_by_email(email or "")
            if found is not None:
                return found
            raise
        return person

    # ------------------------------------------------------------------------------------------------------- standing
    async def _settle(self, identity: Identity, claims: Mapping[str, Any]) -> None:
        """Gives what the claims give now, and takes back what they gave before and give no more. What an organizer decided
        by hand stands: only a role that is still the one given here is taken back.
        """
        before = orjson.loads(identity.granted)
        granted: dict[str, str] = {}
        for state in self._store.all():
            found = standing(self._rules, claims, state.slug)
            if found is not None and state.phase(self._clock()) is not Phase.DRAFT:
                granted[state.id] = found.role.value
                await self._join(state, identity.person_id, found, before.get(state.id))
            elif state.id in before:
                await self._take_back(state, identity.person_id, before[state.id])
        await self._organizing(identity.person_id, claims, before, granted)
        if granted != before:
            now = Identity(
                identity.issuer, identity.subject, identity.person_id, identity.created_at, orjson.dumps(granted).decode()
            )
            await self._vault.put_identity(now)

    async def _join(self, state: JamState, person: str, found: Standing, before: str | None) -> None:
        member = state.member(person)
        if member is None:
            command = c.AddMember(
                actor=ids.SYSTEM, id=f"company-{person}", person=person, role=found.role, relation=found.relation
            )
            await self._store.submit(state.id, command)
        elif before is not None and member.role.value == before and member.role is not found.role:
            await self._change_role(state, person, found.role)

    async def _take_back(self, state: JamState, person: str, before: str) -> None:
        member = state.member(person)
        if member is not None and member.role.value == before and member.role is not Role.PARTICIPANT:
            await self._change_role(state, person, Role.PARTICIPANT)

    async def _change_role(self, state: JamState, person: str, role: Role) -> None:
        try:
            await self._store.submit(state.id, c.ChangeRole(actor=ids.SYSTEM, id=new_secret(), person=person, role=role))
        except Rejection as refused:
            log.warning("a role that the provider took back is kept", jam=state.id, code=refused.code)

    async def _organizing(
        self, person: str, claims: Mapping[str, Any], before: Mapping[str, str], granted: dict[str, str]
    ) -> None:
        if may_organize(self._rules, claims):
            granted[ORGANIZER] = "yes"
            await self._store.grant_organizer(person)
        elif ORGANIZER in before:
            try:
                await self._store.revoke_organizer(person)
            except Rejection as refused:
                log.warning("the right to create jams is kept", code=refused.code)


def _name(claims: Mapping[str, Any], email: str | None) -> str:
    given = claims.get("name") or claims.get("preferred_username")
    name = "".join(sign for sign in " ".join(given.split()) if sign.isprintable()) if isinstance(given, str) else ""
    return (name or (email or "").split("@")[0] or "?")[:NAME]
