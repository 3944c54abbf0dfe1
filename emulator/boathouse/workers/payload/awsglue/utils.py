"""A job's arguments, as a script asks for them.

https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-crawler-pyspark-extensions-get-resolved-options.html
"""

import argparse
from collections.abc import Sequence
from typing import NoReturn

# Set by Glue for every job; a script may read them but not ask for them as arguments of its own.
RESERVED = {
    "JOB_ID": None,
    "JOB_RUN_ID": None,
    "SECURITY_CONFIGURATION": None,
    "TempDir": None,
    "RedshiftTempDir": None,
    "job-bookmark-option": "job-bookmark-disable",
    "job-bookmark-from": None,
    "job-bookmark-to": None,
    "encryption-type": None,
    "enable-data-lineage": None,
}
ALLOWED_TO_ASK = frozenset({"TempDir", "RedshiftTempDir"})


class GlueArgumentError(Exception):
    """An argument that the script asks for is missing, or one it must not ask for."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise GlueArgumentError(message)


def getResolvedOptions(args: Sequence[str], options: Sequence[str]) -> dict[str, str | None]:  # noqa: N802 - AWS's name
    """The values of ``options`` in ``args`` (sys.argv), with Glue's own beside them (None where they are not set).

    An unambiguous beginning of a name stands for it, as Glue up to 5.1 has it, and ``-`` in a name is ``_`` in the
    answer's key. Raises GlueArgumentError where an option has no value in ``args``.
    """
    parser = _Parser(add_help=False)
    for name, default in RESERVED.items():
        if name not in options:
            parser.add_argument(f"--{name}", default=default, required=False)
    for name in options:
        if name in RESERVED and name not in ALLOWED_TO_ASK:
            raise GlueArgumentError(f"Using reserved arguments: {name}")
        parser.add_argument(f"--{name}", required=True)
    found, _ = parser.parse_known_args(list(args)[1:])
    return vars(found)
