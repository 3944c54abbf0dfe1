"""Temporary credentials of the platform's own: what a function, a job or an engine acts with, and STS's for clients.

Keys are made up here and mean nothing to AWS, so a worker that escaped our endpoint could do nothing there.
"""

import secrets
from dataclasses import dataclass

from boathouse.clock import Clock
from boathouse.context import DEFAULT_REGION, SESSION_KEY_PREFIX, WORKER_KEY_PREFIX, Principal, Scope
from boathouse.lake.state import State

KEPT_UNDER: Scope = ("", "")
KEY_LENGTH = 20


@dataclass(frozen=True, slots=True)
class Credentials:
    access_key: str
    secret_key: str
    session_token: str


class Sessions:
    def __init__(self, state: State, clock: Clock) -> None:
        self._sessions = state.collection("sessions")
        self._clock = clock

    def mint(self, principal: Principal, seconds: float) -> Credentials:
        """New credentials that act as ``principal`` for ``seconds``, for a worker or an engine of the platform's."""
        return self._mint(WORKER_KEY_PREFIX, principal, seconds)

    def mint_for_client(self, principal: Principal, seconds: float) -> Credentials:
        """As ``mint``, for whoever asked STS: whether they ask over TLS is up to them."""
        return self._mint(SESSION_KEY_PREFIX, principal, seconds)

    def _mint(self, prefix: str, principal: Principal, seconds: float) -> Credentials:
        """Those that have expired are forgotten."""
        self._forget_expired()
        access_key = (prefix + secrets.token_hex(8).upper())[:KEY_LENGTH]
        document = {"account": principal.account, "arn": principal.arn, "expires": self._clock.time() + seconds}
        self._sessions.put(KEPT_UNDER, access_key, document)
        return Credentials(access_key, secrets.token_urlsafe(30), secrets.token_urlsafe(60))

    def _forget_expired(self) -> None:
        now = self._clock.time()
        for access_key, document in self._sessions.items(KEPT_UNDER):
            if document["expires"] <= now:
                self._sessions.delete(KEPT_UNDER, access_key)

    def end(self, access_key: str) -> None:
        self._sessions.delete(KEPT_UNDER, access_key)

    def find(self, access_key: str, region: str = DEFAULT_REGION) -> Principal | None:
        """Who acts with this key; None for a key that is not ours or has expired."""
        document = self._sessions.get(KEPT_UNDER, access_key)
        if document is None or document["expires"] <= self._clock.time():
            return None
        return Principal(document["account"], document["arn"], region, access_key)


def assumed_role(role_arn: str, session_name: str, region: str) -> Principal:
    """The principal of a role's session: ``arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION``."""
    account, resource = role_arn.split(":")[4:6]
    role = resource.rpartition("/")[2]
    return Principal(account, f"arn:aws:sts::{account}:assumed-role/{role}/{session_name}", region)
