"""Who an engine reads S3 as: somebody of the platform's own, with a key that lives no longer than the query."""

from collections.abc import Iterator
from contextlib import contextmanager

from boathouse.context import Principal, root_of
from boathouse.engines.duckdb import Reader
from boathouse.lake.sessions import Sessions

SECONDS = 60 * 60
"""Longer than any query may take."""


class Readers:
    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    @contextmanager
    def reading(self, principal: Principal) -> Iterator[Reader]:
        """Until there is governance, engines read as the account's root."""
        keys = self._sessions.mint(root_of(*principal.scope), SECONDS)
        owner = f"{principal.arn} in {principal.region}"
        try:
            yield Reader(owner, keys.access_key, keys.secret_key, keys.session_token, principal.region)
        finally:
            self._sessions.end(keys.access_key)
