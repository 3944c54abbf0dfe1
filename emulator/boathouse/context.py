"""Who asks, for what, and where: what every step of the chain and every operation knows of a request."""

from dataclasses import dataclass

DEFAULT_ACCOUNT = "000000000000"
DEFAULT_REGION = "us-east-1"

SESSION_KEY_PREFIX = "ASIABH"
"""How the access keys of sessions begin that the platform itself gives out. AWS's begin with ASIA."""
WORKER_KEY_PREFIX = SESSION_KEY_PREFIX + "W"
"""Of those, the ones for its own workers and engines: no client ever has one. (What follows the prefix is hex.)"""

Scope = tuple[str, str]
"""Account and region: the key under which all state is kept."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody who acts, with the region that their credentials' scope names."""

    account: str
    arn: str
    region: str
    access_key: str = ""

    @property
    def scope(self) -> Scope:
        return self.account, self.region

    @property
    def is_root(self) -> bool:
        return self.arn == root_arn(self.account)


@dataclass(frozen=True, slots=True)
class Context:
    """One request. ``operation`` is the model's name (``GetTable``), ``endpoint`` the scheme and host asked for."""

    request_id: str
    service: str
    operation: str
    principal: Principal
    endpoint: str

    @property
    def account(self) -> str:
        return self.principal.account

    @property
    def region(self) -> str:
        return self.principal.region

    @property
    def scope(self) -> Scope:
        return self.principal.scope

    def arn(self, resource: str, service: str | None = None) -> str:
        """``arn:aws:SERVICE:REGION:ACCOUNT:RESOURCE`` of this request's own service, or of the one named."""
        return f"arn:aws:{service or self.service}:{self.region}:{self.account}:{resource}"


def root_arn(account: str) -> str:
    return f"arn:aws:iam::{account}:root"


def root_of(account: str = DEFAULT_ACCOUNT, region: str = DEFAULT_REGION) -> Principal:
    """The account's root: its access key is the account's number, as the base emulators understand it."""
    return Principal(account, root_arn(account), region, access_key=account)
