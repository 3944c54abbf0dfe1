"""``make check-locks``: whether each lock installs on every platform and Python that we name. Resolved by uv with
the locks' hashes against an empty folder; nothing is installed."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

LOCKS = Path(__file__).parent
PLATFORMS = {
    "Linux x86-64": "x86_64-manylinux_2_28",
    "Linux arm64": "aarch64-manylinux_2_28",
    "macOS x86-64": "x86_64-apple-darwin",
    "macOS arm64": "aarch64-apple-darwin",
}
PYTHONS = ("3.11", "3.12", "3.13")


@dataclass(frozen=True)
class Lock:
    """``from_source`` names what no platform, or not every one, has a wheel of. Anything else must come as a wheel:
    a compiler is nothing that we may expect."""

    name: str
    pythons: tuple[str, ...] = PYTHONS
    from_source: tuple[str, ...] = ()


PURE = ("airspeed-ext", "crontab", "jsonpath-rw")  # plain Python, of which there never was a wheel
NOT_FOR_INTEL_MACS = ("lazy-object-proxy",)  # one file of C, in what only developers of Boathouse install
ALL = (
    Lock("dev", from_source=("pyspark",)),
    Lock("emulator", from_source=("pyspark",)),
    Lock("clients"),
    Lock("deploy"),
    Lock("airflow", ("3.11", "3.12"), NOT_FOR_INTEL_MACS),
    Lock("localstack", ("3.13",), (*PURE, *NOT_FOR_INTEL_MACS)),
)


@dataclass(frozen=True)
class Case:
    lock: Lock
    python: str
    platform: str

    def refusal(self, uv: str) -> str | None:
        """Why it does not install, in uv's words; None where it does.

        uv's cache is asked first, which takes a tenth of the time: what it has seen under a hash does not change.
        """
        with tempfile.TemporaryDirectory(prefix="boathouse-locks-") as empty:
            command = [
                uv, "pip", "install", "--dry-run", "--require-hashes", "--target", empty, "--python", sys.executable,
                "--python-version", self.python, "--python-platform", PLATFORMS[self.platform],
                "--only-binary", ":all:", *(f"--no-binary={name}" for name in self.lock.from_source),
                "--requirements", str(LOCKS / f"{self.lock.name}.txt"),
            ]  # fmt: skip
            for more in (["--offline"], []):
                done = subprocess.run([*command, *more], capture_output=True, text=True, check=False)
                if done.returncode == 0:
                    return None
        return _reason(done.stderr)


def _reason(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if not line.startswith("Using ")]
    cause = [line for line in lines if line.lower().startswith(("cause", "error", "╰"))]
    return re.sub(r"^\W*cause: ", "", (cause or lines)[-1])


def cases() -> Iterator[Case]:
    for lock in ALL:
        for python in lock.pythons:
            yield from (Case(lock, python, platform) for platform in PLATFORMS)


def main() -> int:
    beside = str(Path(sys.executable).parent)
    uv = shutil.which("uv", path=os.pathsep.join([beside, os.environ.get("PATH", os.defpath)]))
    if uv is None:
        sys.exit("check-locks asks uv, which `make setup` installs")
    asked = list(cases())
    with ThreadPoolExecutor() as pool:
        refusals = dict(zip(asked, pool.map(lambda case: case.refusal(uv), asked), strict=True))
    print(" " * 16 + "".join(f"{platform:14}" for platform in PLATFORMS))
    for lock in ALL:
        for python in lock.pythons:
            marks = ["refused" if refusals[Case(lock, python, each)] else "installs" for each in PLATFORMS]
            print(f"{lock.name:11}{python:5}" + "".join(f"{mark:14}" for mark in marks))
    for reason in dict.fromkeys(reason for reason in refusals.values() if reason):
        where = [f"{case.lock.name} {case.python} {case.platform}" for case in asked if refusals[case] == reason]
        print(f"\n{reason}\n  in {', '.join(where)}")
    if not any(refusals.values()):
        return 0
    print(
        "\nGive what it names a bound for that platform, with a marker, in pyproject.toml or requirements/*.in (the"
        "\nlast release with a wheel there), then `make lock`. What is plain Python may be built: it is listed in"
        "\nrequirements/check.py."
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
