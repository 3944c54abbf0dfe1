"""The processes that are of one platform: all of them have its folder in their environment or their command."""

import os
import subprocess
from pathlib import Path

PROC = Path("/proc")


def processes_of(folder: Path) -> dict[int, str]:
    """Process ids and commands. ``folder`` is of that platform alone; this process and its own are left out."""
    found = dict[int, str]()
    for pid, command, environment in _from_proc() if PROC.is_dir() else _from_ps():
        if pid != os.getpid() and str(folder) in command + environment:
            found[pid] = command
    return found


def _from_proc() -> list[tuple[int, str, str]]:
    found = list[tuple[int, str, str]]()
    for folder in PROC.glob("[0-9]*"):
        try:
            command, environment = ((folder / name).read_bytes().decode(errors="replace") for name in TEXTS)
            zombie = (folder / "stat").read_text().rpartition(")")[2].split()[0] in "ZX"
        except OSError:  # it ended meanwhile
            continue
        if not zombie:
            found.append((int(folder.name), command.replace("\0", " "), environment))
    return found


TEXTS = ("cmdline", "environ")


def _from_ps() -> list[tuple[int, str, str]]:
    """Where there is no /proc, on macOS: the environment stands behind the command."""
    listing = subprocess.run(["ps", "-axwwE", "-o", "pid=,stat=,command="], capture_output=True, text=True, check=True)
    lines = [line.split(None, 2) for line in listing.stdout.splitlines()]
    return [(int(pid), command, "") for pid, state, command in lines if not state.startswith("Z")]
