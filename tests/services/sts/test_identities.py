"""The ids of those whom IAM does not have: a job's role is not looked up, and its session still has to be somebody."""

import asyncio
from typing import Any

import pytest

from boathouse.call import Call, Params, Result
from boathouse.context import Context, Principal
from boathouse.errors import AwsError
from boathouse.lake.access_keys import AccessKeys
from boathouse.lake.state import State
from boathouse.services.sts.identities import Identities


async def nobody(service: str, operation: str, params: Params, principal: Principal) -> Result:
    raise AwsError("NoSuchEntity", f"{operation} finds nobody")


async def broken(service: str, operation: str, params: Params, principal: Principal) -> Result:
    raise AwsError("ServiceUnavailable", "the base does not answer", status=503)


def identity(arn: str, iam: Any = nobody) -> dict[str, Any]:
    call = Call()
    call.bind(iam)
    context = Context("r", "sts", "GetCallerIdentity", Principal("111111111111", arn, "us-east-1"), "http://localhost")
    return asyncio.run(Identities(call, AccessKeys(State())).get_caller_identity(context, {}))


def test_a_session_of_a_role_that_is_not_there_has_an_id_that_stays() -> None:
    first, second = (
        identity(f"arn:aws:sts::111111111111:assumed-role/glue-job/{session}")["UserId"] for session in ("a", "b")
    )
    # documented(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html): AROA and 17 more
    assert first.startswith("AROA")
    assert first.endswith(":a")
    assert len(first) == len("AROA") + 17 + len(":a")
    assert second == first[:-1] + "b"
    assert identity("arn:aws:sts::111111111111:assumed-role/another/a")["UserId"] != first


def test_a_user_that_is_not_there_has_one_too() -> None:
    assert identity("arn:aws:iam::111111111111:user/team/ann")["UserId"].startswith("AIDA")


def test_an_iam_that_fails_is_not_taken_for_nobody() -> None:
    with pytest.raises(AwsError, match="does not answer"):
        identity("arn:aws:iam::111111111111:user/ann", broken)
