"""Packages on disk: whole ones stay, halves go."""

import asyncio
from pathlib import Path

from boathouse.call import Call
from boathouse.context import root_of
from boathouse.services.lambda_.packages import PARTIAL, Packages
from tests.services.lambda_.conftest import package


def test_what_a_killed_platform_had_half_written_goes_and_the_rest_stays(tmp_path: Path) -> None:
    kept, unpacked = tmp_path / "kept", tmp_path / "unpacked"
    packages = Packages(kept, unpacked, Call())
    digest = asyncio.run(packages.keep({"ZipFile": package("handler = None")}, root_of())).digest
    (kept / f"{digest}{PARTIAL}1").write_bytes(b"PK")
    (unpacked / f"{digest}{PARTIAL}1" / "folder").mkdir(parents=True)
    Packages(kept, unpacked, Call()).clear()
    assert [path.name for path in kept.iterdir()] == [f"{digest}.zip"]
    assert [path.name for path in unpacked.iterdir()] == [digest]
