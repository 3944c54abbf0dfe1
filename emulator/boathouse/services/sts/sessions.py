"""Temporary credentials for clients: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html"""

import re
from datetime import timedelta
from typing import Any

from boathouse.clock import Clock
from boathouse.context import SESSION_KEY_PREFIX, Context, Principal
from boathouse.errors import AwsError, Unsupported
from boathouse.lake.sessions import Sessions, assumed_role
from boathouse.service import Request, Response, operation
from boathouse.services.sts.identities import Identities

ROLE = re.compile(r"arn:aws:iam::\d{12}:role/[\w+=,.@/-]+")
REFUSED = ("Policy", "PolicyArns", "Tags", "TransitiveTagKeys", "ProvidedContexts", "SerialNumber", "TokenCode")
AN_HOUR = 3600
HALF_A_DAY = 12 * AN_HOUR
TOO_LONG = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
TOO_LONG_A_CHAIN = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
FROM_A_SESSION = "Cannot call GetSessionToken with session credentials"


class SessionApi:
    def __init__(self, sessions: Sessions, identities: Identities, clock: Clock) -> None:
        self._sessions = sessions
        self._identities = identities
        self._clock = clock

    @operation("AssumeRole")
    async def assume_role(self, context: Context, request: Request) -> Response:
        _refuse(context, request)
        arn: str = request["RoleArn"]
        if ROLE.fullmatch(arn) is None:
            raise AwsError("ValidationError", f"{arn} is invalid", status=400)
        role = await self._identities.role(arn)
        if role is None:
            raise AwsError(
                "AccessDenied",
                f"User: {context.principal.arn} is not authorized to perform: sts:AssumeRole on resource: {arn}",
                status=403,
            )
        seconds = _duration(context.principal, role, request)
        session = assumed_role(arn, request["RoleSessionName"], context.region)
        answer: Response = {
            "Credentials": self._credentials(session, seconds),
            "AssumedRoleUser": {
                "AssumedRoleId": f"{role['RoleId']}:{request['RoleSessionName']}",
                "Arn": session.arn,
            },
        }
        if "SourceIdentity" in request:
            answer["SourceIdentity"] = request["SourceIdentity"]
        return answer

    @operation("GetSessionToken")
    async def get_session_token(self, context: Context, request: Request) -> Response:
        """https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html"""
        _refuse(context, request)
        if _is_session(context.principal):
            raise AwsError("AccessDenied", FROM_A_SESSION, status=403)
        seconds = request.get("DurationSeconds", HALF_A_DAY)
        if context.principal.is_root:
            seconds = min(seconds, AN_HOUR)  # documented there: "the credentials can't be valid for more than one hour"
        return {"Credentials": self._credentials(context.principal, seconds)}

    def _credentials(self, principal: Principal, seconds: int) -> dict[str, Any]:
        minted = self._sessions.mint_for_client(principal, seconds)
        return {
            "AccessKeyId": minted.access_key,
            "SecretAccessKey": minted.secret_key,
            "SessionToken": minted.session_token,
            "Expiration": self._clock.now().replace(microsecond=0) + timedelta(seconds=seconds),
        }


def _refuse(context: Context, request: Request) -> None:
    if given := [name for name in REFUSED if request.get(name)]:
        raise Unsupported(f"sts.{context.operation} with {given[0]}")


def _is_session(principal: Principal) -> bool:
    return principal.access_key.startswith(SESSION_KEY_PREFIX)


def _duration(principal: Principal, role: dict[str, Any], request: Request) -> int:
    seconds: int = request.get("DurationSeconds", AN_HOUR)
    if ":assumed-role/" in principal.arn and seconds > AN_HOUR:
        raise AwsError("ValidationError", TOO_LONG_A_CHAIN, status=400)
    if seconds > role.get("MaxSessionDuration", AN_HOUR):
        raise AwsError("ValidationError", TOO_LONG, status=400)
    return seconds
