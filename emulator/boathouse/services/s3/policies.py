"""Bucket policies: read once, refused where they say what is not evaluated here, and evaluated per request.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html and, for evaluation,
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from boathouse.context import Principal
from boathouse.errors import AwsError
from boathouse.services.s3.actions import BUCKET_ACTIONS, OBJECT_ACTIONS, VERSIONED, Ask

Keys = Mapping[str, str]
"""Condition keys that the request has, lower case, each with its value."""

LISTINGS = frozenset({"s3:ListBucket", "s3:ListBucketMultipartUploads", "s3:ListBucketVersions"})
PUTS = frozenset({"s3:PutObject"})
CONDITION_KEYS: dict[str, frozenset[str] | None] = {
    "aws:principalaccount": None,
    "aws:principalarn": None,
    "aws:securetransport": None,
    "s3:delimiter": LISTINGS,
    "s3:prefix": LISTINGS,
    "s3:x-amz-acl": PUTS | {"s3:PutObjectAcl"},
    "s3:x-amz-copy-source": PUTS,
    "s3:x-amz-server-side-encryption": PUTS,
    "s3:x-amz-server-side-encryption-aws-kms-key-id": PUTS,
    "s3:x-amz-server-side-encryption-customer-algorithm": PUTS,
    "s3:x-amz-storage-class": PUTS,
}
"""The actions whose requests have the key; None: all.
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html"""
ELEMENTS = {
    "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition",
}  # fmt: skip
ON_BUCKETS = frozenset(f"s3:{name}" for name in BUCKET_ACTIONS.values())
ON_OBJECTS = frozenset([f"s3:{name}" for name in OBJECT_ACTIONS.values()] + [f"s3:{name}Version" for name in VERSIONED])
ACTIONS = ON_BUCKETS | ON_OBJECTS
PRINCIPAL = re.compile(
    r"\*|\d{12}|arn:aws:iam::\d{12}:(?:root|(?:user|role)/.+)|arn:aws:sts::\d{12}:assumed-role/.+/.+"
)
WITH_VARIABLES = "2012-10-17"
NEXT_STEP = "docs/coverage.md lists what a bucket policy may say here"


@lru_cache(maxsize=4096)
def pattern(text: str) -> re.Pattern[str]:
    """IAM's wildcards: ``*`` for any run of characters, ``?`` for one."""
    return re.compile("".join({"*": ".*", "?": "."}.get(part, re.escape(part)) for part in text), re.DOTALL)


def _equals(actual: str, wanted: str) -> bool:
    return actual == wanted


def _equals_ignoring_case(actual: str, wanted: str) -> bool:
    return actual.lower() == wanted.lower()


def _like(actual: str, wanted: str) -> bool:
    return pattern(wanted).fullmatch(actual) is not None


POSITIVE: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": _equals,
    "StringEqualsIgnoreCase": _equals_ignoring_case,
    "StringLike": _like,
    "ArnEquals": _like,
    "ArnLike": _like,
    "Bool": _equals_ignoring_case,
}
NEGATIVE = {
    "StringNotEquals": _equals,
    "StringNotEqualsIgnoreCase": _equals_ignoring_case,
    "StringNotLike": _like,
    "ArnNotEquals": _like,
    "ArnNotLike": _like,
}


@dataclass(frozen=True, slots=True)
class Condition:
    """``values`` are ORed; a list of conditions is ANDed."""

    operator: str
    if_exists: bool
    key: str
    values: tuple[str, ...]

    def holds(self, keys: Keys) -> bool:
        actual = keys.get(self.key)
        if self.operator == "Null":
            return any((actual is None) == (value.lower() == "true") for value in self.values)
        if self.operator in NEGATIVE:  # an absent key equals nothing, so a negated comparison holds
            return actual is None or not any(NEGATIVE[self.operator](actual, value) for value in self.values)
        if actual is None:
            return self.if_exists
        return any(POSITIVE[self.operator](actual, value) for value in self.values)


@dataclass(frozen=True, slots=True)
class Statement:
    """``inverted`` names those of principals, actions and resources that stand under their Not… element."""

    effect: str
    principals: tuple[str, ...]
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: tuple[Condition, ...]
    inverted: frozenset[str]

    def applies(self, ask: Ask, principal: Principal, keys: Keys) -> bool:
        action = ask.action.lower()
        return (
            self._met("Principal", any(_names(name, principal) for name in self.principals))
            and self._met("Action", any(pattern(wanted.lower()).fullmatch(action) for wanted in self.actions))
            and self._met("Resource", any(pattern(wanted).fullmatch(ask.resource) for wanted in self.resources))
            and all(condition.holds(keys) for condition in self.conditions)
        )

    def _met(self, element: str, matched: bool) -> bool:
        return matched != (element in self.inverted)


def _names(name: str, principal: Principal) -> bool:
    """Whether a policy's principal means this one: everybody, an account, or an ARN (a role for its sessions)."""
    if name in ("*", principal.account, f"arn:aws:iam::{principal.account}:root", principal.arn):
        return True
    session = re.fullmatch(r"arn:aws:sts::(\d+):assumed-role/([^/]+)/.*", principal.arn)
    role = re.fullmatch(r"arn:aws:iam::(\d+):role/(?:.*/)?([^/]+)", name)
    return session is not None and role is not None and session.groups() == role.groups()


@dataclass(frozen=True, slots=True)
class Policy:
    statements: tuple[Statement, ...]

    def denies(self, ask: Ask, principal: Principal, keys: Keys) -> bool:
        return any(s.effect == "Deny" and s.applies(ask, principal, keys) for s in self.statements)

    def allows(self, ask: Ask, principal: Principal, keys: Keys) -> bool:
        return any(s.effect == "Allow" and s.applies(ask, principal, keys) for s in self.statements)

    @property
    def is_public(self) -> bool:
        """Whether anybody is allowed without a condition on who they are.

        https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
        """
        return any(
            s.effect == "Allow"
            and ("*" in s.principals or "Principal" in s.inverted)
            and not any(c.key in ("aws:principalarn", "aws:principalaccount") for c in s.conditions)
            for s in self.statements
        )


@lru_cache(maxsize=256)
def read(text: str, bucket: str) -> Policy:
    """The policy that ``text`` is; raises MalformedPolicy in S3's words, and refuses what is not evaluated here."""
    try:
        document = json.loads(text)
    except ValueError:
        raise _malformed("Policies must be valid JSON and the first byte must be '{'") from None
    if not isinstance(document, dict):
        raise _malformed("Policies must be valid JSON and the first byte must be '{'")
    if unknown := set(document) - {"Version", "Id", "Statement"}:
        raise _malformed(f"Unknown field {sorted(unknown)[0]}")
    if document.get("Version", "2008-10-17") not in ("2008-10-17", "2012-10-17"):
        raise _malformed("The policy must contain a valid version string")
    statements = document.get("Statement")
    if isinstance(statements, dict):
        statements = [statements]
    if not isinstance(statements, list) or not statements:
        raise _malformed("Missing required field Statement")
    if document.get("Version") == WITH_VARIABLES and (variable := re.search(r"\$\{[^}]*\}", text)):
        raise _malformed(f"emulator: the policy variable {variable[0]} is not supported; {NEXT_STEP}")
    return Policy(tuple(_statement(statement, bucket) for statement in statements))


def _statement(given: Any, bucket: str) -> Statement:
    if not isinstance(given, dict):
        raise _malformed("Policy has invalid Statement")
    if unknown := set(given) - ELEMENTS:
        raise _malformed(f"Unknown field {sorted(unknown)[0]}")
    if given.get("Effect") not in ("Allow", "Deny"):
        raise _malformed(f"Invalid effect: {given.get('Effect')}")
    inverted: set[str] = set()
    found: dict[str, Any] = {}
    for element in ("Principal", "Action", "Resource"):
        both = [name for name in (element, f"Not{element}") if name in given]
        if len(both) != 1:
            raise _malformed(f"Missing required field {element}" if not both else f"Policy has both {both}")
        found[element] = given[both[0]]
        if both[0] != element:
            inverted.add(element)
    statement = Statement(
        given["Effect"],
        _principals(found["Principal"]),
        _actions(_texts(found["Action"], "action"), given["Effect"]),
        _resources(_texts(found["Resource"], "resource"), bucket),
        _conditions(given.get("Condition", {})),
        frozenset(inverted),
    )
    _check_that_it_can_apply(statement)
    return statement


def _check_that_it_can_apply(statement: Statement) -> None:
    """S3 refuses statements that no request could ever meet. Not… elements, and actions that we know no requests of,
    may mean anything."""
    for name in () if statement.inverted & {"Action", "Resource"} else statement.actions:
        meant = frozenset(action for action in ACTIONS if pattern(name.lower()).fullmatch(action.lower()))
        on_objects = any("/" in resource for resource in statement.resources)
        on_bucket = any("/" not in resource for resource in statement.resources)
        if meant and not (on_objects and meant & ON_OBJECTS) and not (on_bucket and meant & ON_BUCKETS):
            raise _malformed("Action does not apply to any resource(s) in statement")
    meant = frozenset(
        action for action in ACTIONS for name in statement.actions if pattern(name.lower()).fullmatch(action.lower())
    )
    for condition in statement.conditions if meant and "Action" not in statement.inverted else ():
        having = CONDITION_KEYS[condition.key]
        if having is not None and not having & meant:
            raise _malformed("Conditions do not apply to combination of actions and resources in statement")


def _principals(given: Any) -> tuple[str, ...]:
    if given == "*":
        return ("*",)
    if not isinstance(given, dict) or not given:
        raise _malformed("Invalid principal in policy")
    if unknown := set(given) - {"AWS"}:
        raise _malformed(f"emulator: the principal type {sorted(unknown)[0]} is not supported; {NEXT_STEP}")
    names = _texts(given["AWS"], "principal")
    if any(PRINCIPAL.fullmatch(name) is None for name in names):
        raise _malformed("Invalid principal in policy")
    return names


def _actions(names: tuple[str, ...], effect: str) -> tuple[str, ...]:
    """A Deny of what nobody asks leave for would look as if it held; an Allow of it changes nothing."""
    for name in names:
        if name != "*" and not name.lower().startswith("s3:"):
            raise _malformed("Policy has invalid action")
        if effect == "Deny" and not any(pattern(name.lower()).fullmatch(action.lower()) for action in ACTIONS):
            raise _malformed(f"emulator: no operation here asks leave for {name}; {NEXT_STEP}")
    return names


def _resources(names: tuple[str, ...], bucket: str) -> tuple[str, ...]:
    own = f"arn:aws:s3:::{bucket}"
    for name in names:
        if name != own and not name.startswith(f"{own}/"):
            raise _malformed("Policy has invalid resource")
    return names


def _conditions(given: Any) -> tuple[Condition, ...]:
    if not isinstance(given, dict):
        raise _malformed("Invalid policy syntax")
    return tuple(
        _condition(operator, key, values) for operator, keys in given.items() for key, values in _pairs(keys).items()
    )


def _pairs(given: Any) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise _malformed("Invalid policy syntax")
    return given


def _condition(operator: str, key: str, values: Any) -> Condition:
    name = operator.removesuffix("IfExists")
    if name not in POSITIVE and name not in NEGATIVE and operator != "Null":
        raise _malformed(f"emulator: the condition operator {operator} is not supported; {NEXT_STEP}")
    if key.lower() not in CONDITION_KEYS:
        raise _malformed(f"emulator: the condition key {key} is not supported; {NEXT_STEP}")
    texts = _texts(values, "condition value")
    if name in ("Bool", "Null") and any(value.lower() not in ("true", "false") for value in texts):
        raise _malformed(f"Invalid value for the condition operator {operator}: it takes true or false")
    return Condition(name, name != operator, key.lower(), texts)


def _texts(given: Any, what: str) -> tuple[str, ...]:
    """IAM takes one value or a list, and booleans as text or as they are."""
    values = given if isinstance(given, list) else [given]
    if not values or not all(isinstance(value, str | bool) for value in values):
        raise _malformed(f"Policy has invalid {what}")
    return tuple(str(value).lower() if isinstance(value, bool) else value for value in values)


def _malformed(message: str) -> AwsError:
    return AwsError("MalformedPolicy", message)
