"""Whether a function's resource policy lets SNS invoke it for a topic. Pure.

https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
"""

import re
from collections.abc import Mapping
from typing import Any

SNS = "sns.amazonaws.com"
ACTIONS = frozenset({"lambda:invokefunction", "lambda:*", "*"})


def allows(policy: Mapping[str, Any], topic: str) -> bool:
    """``policy`` as GetPolicy answers it: Lambda's AddPermission makes nothing but these statements."""
    return any(_applies(statement, topic) for statement in policy["Statement"])


def _applies(statement: Mapping[str, Any], topic: str) -> bool:
    principal = statement["Principal"]
    by_whom = principal == "*" or (isinstance(principal, dict) and principal.get("Service") == SNS)
    return (
        statement["Effect"] == "Allow"
        and by_whom
        and statement["Action"].lower() in ACTIONS
        and _holds(statement.get("Condition", {}), topic)
    )


def _holds(condition: Mapping[str, Mapping[str, str]], topic: str) -> bool:
    account = condition.get("StringEquals", {}).get("AWS:SourceAccount")
    pattern = condition.get("ArnLike", {}).get("AWS:SourceArn")
    return account in (None, topic.split(":")[4]) and (pattern is None or _is_like(topic, pattern))


def _is_like(arn: str, pattern: str) -> bool:
    wild = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(wild, arn) is not None
