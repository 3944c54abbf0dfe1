"""The clients that people use, in ``.venv-clients``, an environment of their own: what they pin binds nothing of ours,
and in their processes is nothing of ours."""

from pathlib import Path

BIN = Path(__file__).parents[1] / ".venv-clients" / "bin"


def program(name: str) -> str:
    """The path of ``aws``, or of the ``python`` that boto3, PyAthena and awswrangler are installed in."""
    path = BIN / name
    if not path.exists():
        raise FileNotFoundError(f"{path} is not there; `make setup-clients` makes it")
    return str(path)
