"""`make up`: starts all containers and says what is where. Python's standard library alone: nothing is set up yet."""

from __future__ import annotations  # an old python3 of the system's will do

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
BASES = sorted(path.stem for path in (ROOT / "compose" / "bases").glob("*.env"))
PACKAGES = "450 MB of packages"
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
PASSWORDS = "/opt/airflow/secrets/passwords.json"
NEXT = """
Next:
  in Airflow, unpause ingest_github_events: it brings the sample's two days to Bronze, and Silver and Gold follow
  AWS_ENDPOINT_URL={gateway} AWS_ACCESS_KEY_ID=000000000000 AWS_SECRET_ACCESS_KEY=any \\
    AWS_DEFAULT_REGION=us-east-1 aws s3 ls
  make logs       what the containers say
  make down       remove them, with all they know"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", choices=BASES, help="another base beside LocalStack, or in its place")
    base = parser.parse_args().base
    if trouble := _trouble():
        sys.stderr.write(f"{trouble}\n")
        return 1
    compose = ["docker", "compose", *env_files(base)]
    config = json.loads(_said([*compose, "config", "--format", "json"]))
    services = config["services"]
    missing = [image for image in sorted(pulled(services, _there)) if not _there(image)]
    if missing:
        _say(first_run(missing, [_size(image) for image in missing]))
    code = subprocess.run([*compose, "up", "--detach", "--wait", "--quiet-pull"], cwd=ROOT, check=False).returncode
    if code:
        _say(_said([*compose, "logs", "--no-log-prefix", "--tail", "5", "deploy"]))
        _say("Not all of it is well: `docker compose ps --all` shows which, `make logs` why.")
        return code
    password = json.loads(_said([*compose, "exec", "-T", "airflow", "cat", PASSWORDS]))["admin"]
    _say(table(services, password))
    return 0


def env_files(base: str | None) -> list[str]:
    """A file of a base's comes last: what it says belongs together."""
    own = [".env"] if (ROOT / ".env").exists() else []
    return [part for path in (*own, *([f"compose/bases/{base}.env"] if base else [])) for part in ("--env-file", path)]


def pulled(services: Mapping[str, Any], there: Any) -> set[str]:
    """The images that Docker pulls: to run, and to build ours on where ours are not there."""
    found = set()
    for service in services.values():
        build = service.get("build")
        if build is None:
            found.add(service["image"])
        elif not there(service["image"]):
            found |= {value for name, value in build.get("args", {}).items() if name.endswith("_IMAGE")}
    return found


def first_run(missing: list[str], sizes: list[int | None]) -> str:
    shown = ["" if size is None else f"{size / 1e6:6.0f} MB" for size in sizes]
    lines = [f"  {image:55} {size}" for image, size in zip(missing, shown)]  # noqa: B905 - strict came with 3.10
    known = sum(size or 0 for size in sizes)
    total = f"{known / 1e9:.1f} GB of images" if all(sizes) else "these images (their registry does not say how large)"
    return "\n".join([f"On a first run, Docker pulls {total}, and the builds {PACKAGES}:", *lines, ""])


def layers(manifests: Any, architecture: str) -> int | None:
    """What `docker manifest inspect --verbose` says of the size, compressed, in bytes."""
    for each in manifests if isinstance(manifests, list) else [manifests]:
        about = each.get("Descriptor", {}).get("platform", {}).get("architecture", architecture)
        manifest = each.get("SchemaV2Manifest") or each.get("OCIManifest")
        if about == architecture and manifest:
            return sum(int(layer["size"]) for layer in manifest["layers"])
    return None


def table(services: Mapping[str, Any], password: str) -> str:
    at = {name: f"http://127.0.0.1:{_published(services[name])}" for name in ("emulator", "airflow", "slack")}
    rows = [
        ("AWS", at["emulator"], "S3, Kinesis, Firehose, Lambda, Glue, Athena, CloudFormation and more"),
        ("Airflow", at["airflow"], f"admin / {password}"),
        ("Slack", at["slack"], "a stand-in: what the alerts say"),
    ]
    return "\n".join(
        ["", *(f"  {name:8} {url:22} {what}" for name, url, what in rows), NEXT.format(gateway=at["emulator"])]
    )


def _published(service: Mapping[str, Any]) -> str:
    return str(service["ports"][0]["published"])


def _size(image: str) -> int | None:
    try:
        said = _said(["docker", "manifest", "inspect", "--verbose", image])
    except subprocess.CalledProcessError:
        return None
    return layers(json.loads(said), ARCHITECTURES.get(platform.machine(), platform.machine()))


def _there(image: str) -> bool:
    return subprocess.run(["docker", "image", "inspect", image], capture_output=True, check=False).returncode == 0


def _trouble() -> str | None:
    if shutil.which("docker") is None:
        return "Docker is not installed: https://docs.docker.com/get-docker/. Without it: make demo"
    if subprocess.run(["docker", "version"], capture_output=True, check=False).returncode:
        return "Docker does not run: start it, and try again. Without it: make demo"
    if subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode:
        return "Docker's compose plugin is missing: https://docs.docker.com/compose/install/"
    return None


def _said(command: Iterable[str]) -> str:
    done = subprocess.run(list(command), cwd=ROOT, env=os.environ, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
