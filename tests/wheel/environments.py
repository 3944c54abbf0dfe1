"""Environments as a user makes them: empty, then the wheel by pip, and nothing of this checkout in sight."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PYTHONS = ("3.11", "3.12", "3.13")
TOOLS = ("awswrangler", "pytest", "pytest-xdist")
"""What the project of docs/examples/own-tests uses beside Boathouse."""
INSTALLERS = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}


@dataclass(frozen=True)
class Environment:
    """A virtual environment that begins empty. ``constraints`` are our locks' versions: a release of somebody else's
    must not decide whether our tests pass."""

    folder: Path
    constraints: Path

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    def make(self, interpreter: Path) -> "Environment":
        done = _run(str(interpreter), "-m", "venv", str(self.folder))
        assert done.returncode == 0, done.stderr
        self.constraints.write_text("\n".join(locked()))
        return self

    def pip(self, *arguments: str) -> str:
        done = _run(str(self.python), "-m", "pip", "--disable-pip-version-check", *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def install(self, *what: str) -> None:
        self.pip("install", "--quiet", "--constraint", str(self.constraints), *what)

    def install_quickly(self, *what: str) -> None:
        """By uv where there is one: it links what it has, where pip copies."""
        if (uv := shutil.which("uv")) is None:
            return self.install(*what)
        command = (uv, "pip", "install", "--quiet", "--python", str(self.python), "--constraint")
        done = _run(*command, str(self.constraints), *what)
        assert done.returncode == 0, done.stderr
        return None


def build_wheel(folder: Path) -> Path:
    done = _run(sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder), cwd=ROOT)
    assert done.returncode == 0, done.stderr
    (wheel,) = folder.glob("*.whl")
    return wheel


def interpreter(version: str) -> Path | None:
    """A Python that runs: where pyenv keeps one without choosing it, its name on the PATH leads to none."""
    kept = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    named = shutil.which(f"python{version}")
    candidates = [*([Path(named)] if named else []), *sorted(kept.glob(f"{version}.*/bin/python"))]
    return next((path for path in candidates if _run(str(path), "-c", "").returncode == 0), None)


def locked() -> list[str]:
    """requirements/dev.txt without its hashes: ``name==version ; marker``."""
    return re.findall(
        r"^([a-z0-9._-]+==[^\\\n]*[^\\\s])", (ROOT / "requirements" / "dev.txt").read_text(), re.MULTILINE
    )


def _run(*command: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, env=INSTALLERS, cwd=cwd, capture_output=True, text=True, timeout=500, check=False)
