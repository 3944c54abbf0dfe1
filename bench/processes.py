"""What processes cost: processor time and memory of a process and all beneath it, from Linux's /proc."""

import os
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")
ROLES = {
    "boathouse.bases.child": "base",
    "ministack.app": "base",
    "awslambdaric": "Lambda",
    "lambda_runtime.py": "Lambda",
    "SparkSubmit": "Spark",
    "glue_bootstrap.py": "Spark",
    "pyspark.daemon": "Spark",
    "boathouse": "platform",
}
"""By what stands in a command line, what the process is for; the first that fits."""

Seconds = Mapping[str, float]


def can_be_seen() -> bool:
    """macOS has no /proc: what needs it is then left out."""
    return (PROC / "self" / "smaps_rollup").exists()


def tree(pid: int) -> list[int]:
    """The process and all its descendants."""
    parents = {int(entry.name): parent for entry in PROC.glob("[0-9]*") if (parent := _parent(entry)) is not None}
    found = [pid]
    for known in found:
        found += [child for child, parent in parents.items() if parent == known]
    return found


def processor_time(pids: list[int]) -> Seconds:
    """Seconds in user and kernel mode, by role; a process that has ended counts for nothing."""
    spent = defaultdict[str, float](float)
    for pid in pids:
        if (fields := _stat(PROC / str(pid))) is not None:
            spent[role(pid)] += (int(fields[11]) + int(fields[12])) / TICKS
    return spent


def memory(pids: list[int]) -> float:
    """MB, a page that several share counted once between them (PSS)."""
    return sum(_pss(pid) for pid in pids) / 1000


def role(pid: int) -> str:
    try:
        command = (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return "other"
    return next((name for part, name in ROLES.items() if part in command), "other")


def _pss(pid: int) -> int:
    """kB."""
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def _parent(entry: Path) -> int | None:
    fields = _stat(entry)
    return None if fields is None else int(fields[1])


def _stat(entry: Path) -> list[str] | None:
    """The fields after the command's name, which may hold spaces: state is the first."""
    try:
        return (entry / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
