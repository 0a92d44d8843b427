"""All settings, read once from the environment (`HOTHOUSE_…`) into a frozen object that is passed in."""

from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from server.access.addresses import read_networks
from server.access.claim_rules import read_rules
from server.push.vapid import read_key
from server.tracing.headers import headers_in


class Settings(BaseSettings):
    """What can be set. Every field is an environment variable: `data` is `HOTHOUSE_DATA`."""

    model_config = SettingsConfigDict(env_prefix="HOTHOUSE_", frozen=True, extra="ignore")

    data: Path = Field(Path("var"), description="Folder of the embedded stores and of derived data.")
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=1, le=65_535, description="Port to listen on.")
    workers: int = Field(1, ge=1, le=64, description="Processes that answer, all of them behind the one port.")
    worker: int = Field(0, ge=0, le=63, description="Which of them this one is; the server sets it itself.")
    public_url: str = Field(
        "", description="Where people reach the server, such as https://jam.example.com; by default host and port."
    )
    development: bool = Field(False, description="Print sign-in links and serve GraphiQL.")
    mongo_url: SecretStr | None = Field(None, description="MongoDB replica set to use instead of the embedded stores.")
    mongo_database: str = Field("hothouse", description="Name of the database there.")
    smtp_url: SecretStr | None = Field(
        None, description="Mail server, such as smtp://user:password@mail.example.com:587 (smtps:// for TLS at once)."
    )
    mail_from: str = Field("Hothouse <jam@localhost>", description="Sender of mails.")
    appeal: str = Field(
        "",
        max_length=500,
        description="Where who was suspended can appeal: an address or a sentence; by default the sender of mails.",
    )
    session_days: int = Field(30, ge=1, le=365, description="Days after which an unused session ends.")
    session_max_days: int = Field(90, ge=1, le=730, description="Days after which any session ends, however it is used.")
    link_minutes: int = Field(15, ge=1, le=120, description="Minutes for which a sign-in link is good.")
    tick_ms: int = Field(200, ge=20, le=5_000, description="Milliseconds between two live ticks.")
    theme_workers: int = Field(1, ge=0, le=64, description="Processes that group ideas into themes; 0 turns themes off.")
    dask: str = Field(
        "", description="Dask scheduler for heavy clustering work, such as tcp://10.0.0.5:8786 (needs the extra `dask`)."
    )
    namer_url: str = Field(
        "", description="OpenAI-compatible API that suggests names of themes, such as https://llm.example.com/v1."
    )
    namer_model: str = Field("default", description="Name of the model there.")
    namer_key: SecretStr | None = Field(None, description="Key of that API.")
    regroup_after: int = Field(
        10, ge=1, description="New ideas (or a tenth of all, if that is more) after which themes are grouped anew."
    )
    regroup_minutes: float = Field(10.0, gt=0, description="Minutes after which themes are grouped anew if anything changed.")
    opinion_minutes: float = Field(5.0, gt=0, description="Minutes between two readings of opinion groups and trends.")
    votes_per_minute: int = Field(240, ge=1, description="Votes and likes a person may give a minute.")
    posts_per_minute: int = Field(12, ge=1, description="Ideas and comments a person may post a minute.")
    acts_per_minute: int = Field(240, ge=1, description="Everything else a person may do a minute.")
    mails_per_hour: int = Field(8, ge=1, description="Sign-in mails an address may ask for an hour.")
    mails_per_network: int = Field(
        2_000, ge=1, description="Sign-in mails that may be asked for from one network address (IPv6: one /64) an hour."
    )
    trusted_proxies: str = Field(
        "",
        description="Networks of proxies whose X-Forwarded-For, Forwarded and X-Forwarded-Proto are believed, such as "
        "10.0.0.0/8,::1; nobody by default.",
    )
    connections_per_address: int = Field(5_000, ge=1, description="Live connections from one network address.")
    subscriptions_per_person: int = Field(
        32, ge=1, description="Different live subscriptions of a person; the same one in several windows counts once."
    )
    trusted_documents_only: bool = Field(False, description="Answer only the page's own GraphQL documents.")
    webhooks_private: bool = Field(False, description="Let webhooks lead into private networks, and over http.")
    overload: bool = Field(
        True, description="With more to do than can be done, do without what is cheapest to lose; see docs/operations.md."
    )
    busy_lag_ms: float = Field(
        250, gt=0, description="Lag of the event loop (p90 of 2 s, ms) that counts as busy; at 2, 4 and 8 times more is shed."
    )
    busy_waiting: int = Field(
        1_000, ge=1, description="Acts waiting for their record that count as busy; at 2, 4 and 8 times more is shed."
    )
    busy_commit_ms: float = Field(
        250, gt=0, description="Milliseconds that a record takes that count as busy; at 2, 4 and 8 times more is shed."
    )
    write_wait_ms: float = Field(
        500, gt=0, description="Milliseconds that nine of ten acts may take; beyond it some are asked to come again."
    )
    memory_mb: int = Field(
        0, ge=0, description="Memory a worker may take, MB; 0: its share of what the container or else the machine has."
    )
    connections: int = Field(20_000, ge=1, description="Live connections that a worker is meant for; near it newcomers wait.")
    vapid_key: SecretStr | None = Field(
        None,
        description="Private key of web push (32 bytes, base64url); without one the vault keeps one. With another key "
        "everybody has to turn notifications on again.",
    )
    metrics_token: SecretStr | None = Field(
        None,
        min_length=16,
        description="Bearer token for /metrics; without one only this machine may read it, and not through a proxy.",
    )

    otlp_url: str = Field(
        "",
        description="Where traces go: an OpenTelemetry collector's whole address, such as http://127.0.0.1:4318/v1/traces; "
        "empty turns tracing off.",
    )
    otlp_headers: SecretStr | None = Field(None, description="Headers for it, such as authorization=Bearer secret,tenant=jam.")
    trace_ratio: float = Field(0.05, ge=0, le=1, description="How much of all requests is traced, from 0 to 1.")
    trace_service: str = Field("hothouse", min_length=1, max_length=80, description="What this server is called in traces.")

    oidc_issuer: str = Field(
        "", description="The company's OpenID Connect provider, such as https://id.example.com; empty turns it off."
    )
    oidc_client_id: str = Field("", description="What the provider calls this server.")
    oidc_client_secret: SecretStr | None = Field(None, description="What this server shows the provider.")
    oidc_scopes: str = Field("openid email profile", description="What is asked of the provider, `openid` among it.")
    oidc_label: str = Field("", description="The name of the company's account, as the sign-in page shows it.")
    oidc_rules: str = Field("", description="JSON: which claims give which role and relation; see docs/operations.md.")
    sign_ins_per_hour: int = Field(20_000, ge=1, description="Sign-ins begun from one network address an hour.")

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, value: str) -> str:
        try:
            read_networks(value)
        except ValueError as wrong:
            raise ValueError(f"give networks with commas, such as 10.0.0.0/8,::1 ({wrong})") from None
        return value

    @field_validator("otlp_headers")
    @classmethod
    def _are_headers(cls, value: SecretStr | None) -> SecretStr | None:
        headers_in(value.get_secret_value() if value else "")
        return value

    @field_validator("vapid_key")
    @classmethod
    def _is_key(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            read_key(value.get_secret_value())
        return value

    @field_validator("oidc_rules")
    @classmethod
    def _are_rules(cls, value: str) -> str:
        read_rules(value)
        return value

    @model_validator(mode="after")
    def _knows_the_provider(self) -> "Settings":
        """Half a provider would be a sign-in that fails for everyone."""
        if not self.oidc_issuer:
            return self
        parts = urlsplit(self.oidc_issuer)
        is_local = parts.hostname in ("127.0.0.1", "localhost", "::1")
        if parts.scheme != "https" and not (parts.scheme == "http" and is_local):
            raise ValueError("HOTHOUSE_OIDC_ISSUER: give the provider's https address")
        if not self.oidc_client_id or self.oidc_client_secret is None:
            raise ValueError("HOTHOUSE_OIDC_CLIENT_ID and HOTHOUSE_OIDC_CLIENT_SECRET are needed along with the issuer")
        if "openid" not in self.oidc_scopes.split():
            raise ValueError("HOTHOUSE_OIDC_SCOPES: `openid` must be among them")
        return self

    @field_validator("public_url", "namer_url", "otlp_url")
    @classmethod
    def _is_address(cls, value: str) -> str:
        """Links, cookies and the check of origins all follow from it."""
        parts = urlsplit(value)
        if value and not (parts.scheme in ("http", "https") and parts.netloc):
            raise ValueError("give the whole address, such as https://jam.example.com")
        return value

    @property
    def url(self) -> str:
        """Where people reach the server, without a slash at the end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url.rstrip("/") or f"http://{host}:{self.port}"
