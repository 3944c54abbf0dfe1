"""``python -m boathouse.workers.prepare``: what Glue jobs need and pip does not bring, made once, as often as asked."""

import sys

from boathouse.errors import StartError
from boathouse.workers import archive, jars


def prepare(report: jars.Report) -> None:
    """Raises StartError, with the next step, where jobs could not run afterwards."""
    archive.make(jars.resolve(report), report)


def main() -> None:
    try:
        prepare(lambda line: print(line, flush=True))  # noqa: T201 - a command's own words
    except StartError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
