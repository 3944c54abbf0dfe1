"""Stand-ins for the images of docker-compose.yml, under their official names, where no image can be pulled.

Made from packages of Debian, PyPI, npm and Go only. Where each differs from the official image, its Dockerfile says in
the first lines. An official image that is there already stays: only stand-ins are replaced.
"""

import argparse
import concurrent.futures
import hashlib
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent / "standins"
MINIO = ROOT / ".minio"
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
LABEL = "boathouse.standin"
NAMES = {
    "python": "python:3.11-slim-bookworm",
    "airflow": "apache/airflow:3.0.6-python3.11",
    "postgres": "postgres:17.6-trixie",
    "localstack": "localstack/localstack:4.14.0",
    "minio": "quay.io/minio/minio:RELEASE.2025-09-07T16-13-09Z",
}
MORE_FILES = {"localstack": [ROOT / "requirements" / "localstack.txt"]}
PACKAGES = {"bookworm": "python3,python3-venv", "trixie": "python3,python3-venv,curl"}
# A base holds this machine's own certificates, so that builds on it reach the registries where it does.
TRUST = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT", "NODE_EXTRA_CA_CERTS")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*NAMES, []], help="which ones (all)")
    parser.add_argument("--if-needed", action="store_true", help="only where the engine cannot pull the official image")
    asked = parser.parse_args()
    wanted = [name for name in asked.names or NAMES if not _official(NAMES[name])]
    if asked.if_needed:
        wanted = [name for name in wanted if not _pulled(NAMES[name])]
    if not wanted:
        _say("nothing to build")
        return 0
    started = time.monotonic()
    build(wanted)
    _say(f"{len(wanted)} stand-ins after {time.monotonic() - started:.0f} s")
    return 0


def build(wanted: list[str]) -> None:
    """Each in its turn, side by side where nothing waits for another."""
    with concurrent.futures.ThreadPoolExecutor() as pool:
        bookworm = pool.submit(_base, "bookworm") if {"python", "airflow"} & {*wanted} else None
        trixie = pool.submit(_base, "trixie") if {"postgres", "localstack", "minio"} & {*wanted} else None
        server = pool.submit(_minio) if "minio" in wanted else None
        lanes: list[concurrent.futures.Future[None]] = []
        if bookworm is not None:
            ours = [name for name in wanted if name in {"python", "airflow"}]
            lanes.append(pool.submit(_lane, bookworm.result, ours))
        if trixie is not None:
            rest = [name for name in wanted if name in {"postgres", "localstack"}]
            lanes.append(pool.submit(_lane, trixie.result, rest))
        if trixie is not None and server is not None:
            _image("minio", trixie.result(), server.result())
        for lane in lanes:
            lane.result()


def _lane(base: Callable[[], str], names: list[str]) -> None:
    for name in names:
        _image(name, base())


def _image(name: str, base: str, *files: Path) -> None:
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as context:
        for file in (*(HERE / name).iterdir(), *files, *MORE_FILES.get(name, ())):
            shutil.copy(file, context)
        _docker("build", "--quiet", f"--label={LABEL}=1", f"--build-arg=BASE={base}", f"--tag={NAMES[name]}", context)
    _say(f"{NAMES[name]} after {time.monotonic() - started:.0f} s")


def _base(suite: str) -> str:
    """A Debian of this machine's own archive with Python and certificates; named by what goes into it."""
    recipe = f"{PACKAGES[suite]} {CERTIFICATES.read_bytes().hex() if CERTIFICATES.exists() else ''}"
    name = f"boathouse-standin:{suite}-{hashlib.sha256(recipe.encode()).hexdigest()[:12]}"
    if _there(name):
        return name
    if shutil.which("debootstrap") is None:
        sys.exit("stand-ins are made with debootstrap: apt-get install debootstrap")
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix=f"standin-{suite}-") as folder:
        root = Path(folder) / "root"
        include = f"--include=ca-certificates,{PACKAGES[suite]}"
        log = Path(folder) / "log"
        with log.open("wb") as output:
            done = subprocess.run(
                ["debootstrap", "--variant=minbase", include, suite, str(root), _archive()],
                stdout=output, stderr=output, check=False,
            )  # fmt: skip
        if done.returncode:
            sys.exit(f"debootstrap {suite} failed:\n{log.read_text(errors='replace')[-3000:]}")
        if CERTIFICATES.exists():
            shutil.copy(CERTIFICATES, root / CERTIFICATES.relative_to("/"))
        for heavy in ("var/cache/apt", "var/lib/apt/lists", "usr/share/doc", "usr/share/man", "usr/share/locale"):
            shutil.rmtree(root / heavy, ignore_errors=True)
            (root / heavy).mkdir(parents=True)
        changes = [f"--change=ENV {variable}={CERTIFICATES}" for variable in TRUST]
        archive = subprocess.Popen(["tar", "-C", str(root), "-c", "."], stdout=subprocess.PIPE)
        subprocess.run(["docker", "import", *changes, "-", name], stdin=archive.stdout, check=True, capture_output=True)
        if archive.wait():
            sys.exit(f"tar of {suite} failed")
    _say(f"{name} after {time.monotonic() - started:.0f} s")
    return name


def _archive() -> str:
    """The address of this machine's own Debian archive."""
    found = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages", "Label: Debian"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return found.stdout.split()[0]


def _minio() -> Path:
    """The server, built once and kept where the conformance tests keep it."""
    started = time.monotonic()
    subprocess.run([sys.executable, str(ROOT / "tests" / "bases" / "build_minio.py"), str(MINIO)], check=True)
    _say(f"MinIO's server after {time.monotonic() - started:.0f} s")
    return MINIO / "minio"


def _official(image: str) -> bool:
    return (
        _there(image) and _docker("image", "inspect", f'--format={{{{index .Config.Labels "{LABEL}"}}}}', image) != "1"
    )


def _there(image: str) -> bool:
    return subprocess.run(["docker", "image", "inspect", image], capture_output=True, check=False).returncode == 0


def _pulled(image: str) -> bool:
    return subprocess.run(["docker", "pull", "--quiet", image], capture_output=True, check=False).returncode == 0


def _docker(*arguments: str) -> str:
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"docker {' '.join(arguments)} failed:\n{done.stdout[-2000:]}{done.stderr[-6000:]}")
    return done.stdout.strip()


def _say(text: str) -> None:
    print(f"standins: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
