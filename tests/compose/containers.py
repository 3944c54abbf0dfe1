"""The containers of docker-compose.yml as a project of the tests' own, on free ports, driven as users drive it."""

import json
import os
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from docker.client import DockerClient
from docker.models.containers import Container

ROOT = Path(__file__).parents[2]


class Compose:
    """``variables`` are those of .env.example."""

    def __init__(self, project: str, variables: Mapping[str, str] | None = None, env_file: str | None = None) -> None:
        self.project = project
        self.port, self.airflow_port, self.slack_port = (free_port(first) for first in (14566, 18080, 18090))
        self._variables = {
            "BOATHOUSE_PORT": str(self.port),
            "BOATHOUSE_TLS_PORT": str(self.port + 1),
            "AIRFLOW_PORT": str(self.airflow_port),
            "AIRFLOW_URL": f"http://127.0.0.1:{self.airflow_port}",
            "SLACK_PORT": str(self.slack_port),
            **(variables or {}),
        }
        self._options = ["--project-name", project, *(["--env-file", env_file] if env_file else [])]

    def run(self, *arguments: str, check: bool = True, timeout: float = 900) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            ["docker", "compose", *self._options, *arguments],
            cwd=ROOT, env=os.environ | self._variables, check=False, capture_output=True, text=True, timeout=timeout,
        )  # fmt: skip
        if check and done.returncode:
            said = f"{done.stdout}{done.stderr}"[-4000:]
            raise AssertionError(f"docker compose {' '.join(arguments)} failed:\n{said}\n{self.troubles()}")
        return done

    def down(self) -> None:
        """Nothing stays. Of every profile."""
        command = ["docker", "compose", "--project-name", self.project, "--profile", "*", "down"]
        subprocess.run([*command, "--volumes", "--remove-orphans"], cwd=ROOT, check=True, capture_output=True)

    def troubles(self) -> str:
        """The last words of each container that is not well."""
        with self.docker() as engine:
            found = [
                each for each in self._containers(engine) if _state(each) not in {"healthy", "exited 0", "running"}
            ]
            return "\n".join(f"--- {each.name} is {_state(each)}\n{_last_words(each)}" for each in found)

    def states(self) -> dict[str, str]:
        """Service to healthy, starting, unhealthy, running, or ``exited N``."""
        with self.docker() as engine:
            return {each.labels["com.docker.compose.service"]: _state(each) for each in self._containers(engine)}

    def kill(self, service: str) -> None:
        """kill -9 of all that runs in it. Docker would not start again what its own command had killed."""
        self.run("exec", "-T", service, "sh", "-c", "kill -9 -1", check=False)

    def restarts(self, service: str) -> int:
        """How often Docker has started it again."""
        return int(self.inspect(service)["RestartCount"])

    def inspect(self, service: str) -> dict[str, Any]:
        with self.docker() as engine:
            (found,) = self._containers(engine, service)
            attributes: dict[str, Any] = found.attrs
            return attributes

    def execute(self, service: str, *command: str) -> str:
        return self.run("exec", "-T", service, *command).stdout

    def client(self, service: str) -> Any:
        """A boto3 client of the gateway, from outside."""
        session = boto3.Session(
            aws_access_key_id="000000000000", aws_secret_access_key="stand-in", region_name="us-east-1"
        )
        return session.client(
            service, endpoint_url=f"http://127.0.0.1:{self.port}", config=Config(s3={"addressing_style": "path"})
        )

    def left(self) -> dict[str, list[str]]:
        """What there is of the project: names of containers, volumes, networks."""
        mine: dict[str, str | list[str] | bool] = {"label": f"com.docker.compose.project={self.project}"}
        with self.docker() as engine:
            return {
                "containers": [each.name or "" for each in engine.containers.list(all=True, filters=mine)],
                "volumes": [each.name for each in engine.volumes.list(filters=mine)],
                "networks": [each.name or "" for each in engine.networks.list(filters=mine)],
            }

    @contextmanager
    def docker(self) -> Iterator[DockerClient]:
        engine = DockerClient.from_env()
        try:
            yield engine
        finally:
            engine.close()

    def _containers(self, engine: DockerClient, service: str | None = None) -> list[Container]:
        labels = [f"com.docker.compose.project={self.project}", "com.docker.compose.oneoff=False"]
        labels += [f"com.docker.compose.service={service}"] if service else []
        found: list[Container] = engine.containers.list(all=True, filters={"label": labels})
        return found


def free_port(first: int) -> int:
    """From ``first`` on, with the next one free, too. Not one that the kernel gives to whoever connects meanwhile."""
    for port in range(first, first + 1000, 2):
        try:
            with socket.socket() as one, socket.socket() as other:
                one.bind(("127.0.0.1", port))
                other.bind(("127.0.0.1", port + 1))
        except OSError:
            continue
        return port
    raise AssertionError(f"no port is free from {first} on")


def _state(container: Container) -> str:
    state = container.attrs["State"]
    if state["Status"] == "exited":
        return f"exited {state['ExitCode']}"
    return str(state.get("Health", {}).get("Status", state["Status"]))


def _last_words(container: Container) -> str:
    said = container.logs(tail=25).decode(errors="replace")
    checks = container.attrs["State"].get("Health", {}).get("Log", [])[-1:]
    return f"{said}\n{json.dumps(checks)}"
