"""The secrets and addresses of invitation links."""

from dataclasses import dataclass

from server.access.secrets import hashed, new_secret


@dataclass(frozen=True, slots=True)
class InvitationLinks:
    base_url: str

    def new_token(self) -> tuple[str, str]:
        secret = new_secret()
        return secret, hashed(secret)

    def hash(self, token: str) -> str:
        return hashed(token)

    def url(self, token: str) -> str:
        return f"{self.base_url}/join/{token}"
