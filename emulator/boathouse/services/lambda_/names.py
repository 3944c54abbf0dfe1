"""The many ways to name a function: name, partial ARN, ARN, each with a qualifier or without."""

import re

from boathouse.context import Context
from boathouse.errors import AwsError

LATEST = "$LATEST"
NAME = re.compile(
    r"(?:arn:aws[a-zA-Z-]*:lambda:)?(?:(?P<region>[a-z]{2}(?:-[a-z]+)+-\d):)?(?:(?P<account>\d{12}):)?"
    r"(?:function:)?(?P<name>[a-zA-Z0-9_-]+)(?::(?P<qualifier>\$LATEST|[a-zA-Z0-9_-]+))?"
)


def function_name(context: Context, text: str, qualifier: str | None = None) -> str:
    """The bare name. Raises ResourceNotFoundException for what cannot be here: another place, version or alias."""
    found = NAME.fullmatch(text)
    if found is None:
        raise AwsError("ValidationException", f"'{text}' is no name of a function.")
    name, of_name = found["name"], found["qualifier"]
    if of_name and qualifier and of_name != qualifier:
        message = "The derived qualifier from the function name does not match the specified qualifier."
        raise AwsError("InvalidParameterValueException", message)
    elsewhere = found["region"] not in (None, context.region) or found["account"] not in (None, context.account)
    wanted = of_name or qualifier
    if elsewhere or wanted not in (None, LATEST):
        raise not_found(text if elsewhere else f"{function_arn(context, name)}:{wanted}")
    return str(name)


def function_arn(context: Context, name: str) -> str:
    return context.arn(f"function:{name}", "lambda")


def not_found(arn: str) -> AwsError:
    return AwsError("ResourceNotFoundException", f"Function not found: {arn}", Type="User")
