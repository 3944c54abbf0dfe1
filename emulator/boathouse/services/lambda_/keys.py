"""Credentials of a function's role for its processes, in the variables that Lambda sets."""

from collections.abc import Mapping

from boathouse.context import Principal
from boathouse.lake.sessions import Sessions


class SessionKeys:
    def __init__(self, sessions: Sessions, seconds: float) -> None:
        self._sessions = sessions
        self._seconds = seconds

    def issue(self, principal: Principal) -> Mapping[str, str]:
        credentials = self._sessions.mint(principal, self._seconds)
        return {
            "AWS_ACCESS_KEY_ID": credentials.access_key,
            "AWS_SECRET_ACCESS_KEY": credentials.secret_key,
            "AWS_SESSION_TOKEN": credentials.session_token,
        }

    def withdraw(self, variables: Mapping[str, str]) -> None:
        self._sessions.end(variables["AWS_ACCESS_KEY_ID"])
