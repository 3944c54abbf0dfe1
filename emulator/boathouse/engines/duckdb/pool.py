"""DuckDB instances, locked down: what a query may touch is S3 through the gateway, and a scratch folder of its own.

Secrets and cached file contents are shared by all connections of an instance, so an instance serves one owner all
its life. Opening one takes 30 to 100 ms: one stands ready, and an owner's last ones are kept.
"""

import importlib.util
import itertools
import logging
import os
import shutil
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from boathouse.engines.duckdb.types import listed, text
from boathouse.errors import StartError

log = logging.getLogger(__name__)

SHARE_OF_MEMORY = 0.5
LEAST_MEMORY = 256 * 1024 * 1024
CGROUP_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))


@dataclass(slots=True)
class Instance:
    """``scratch`` is the only folder on this machine that its queries can read and write."""

    connection: duckdb.DuckDBPyConnection
    scratch: Path
    owner: str = ""

    def close(self) -> None:
        self.connection.close()
        shutil.rmtree(self.scratch, ignore_errors=True)


class Pool:
    """At most ``slots`` instances with an owner, whether busy or waiting, and one without. Blocks; any thread."""

    def __init__(self, folder: Path, macros: Sequence[str], slots: int) -> None:
        self._folder = folder
        shutil.rmtree(folder, ignore_errors=True)  # what a killed process left
        self._macros = macros
        self._slots = slots
        self._lock = threading.Lock()
        self._opening = threading.Lock()
        self._numbers = itertools.count()
        self._busy = 0
        self._idle: list[Instance] = []
        self._spare: Instance | None = None
        self._closed = False

    def prepare(self) -> None:
        """Has an instance without an owner stand ready."""
        with self._opening:
            if self._spare is not None or self._closed:
                return
            fresh = self._open()
            with self._lock:
                wanted = not self._closed
                if wanted:
                    self._spare = fresh
            if not wanted:
                fresh.close()

    def take(self, owner: str) -> Instance:
        """An instance that has served nobody, or only ``owner``. To be given back."""
        found, surplus = self._find(owner)
        for instance in surplus:
            instance.close()
        if found is None:
            try:
                found = self._fresh()
            except BaseException:
                with self._lock:
                    self._busy -= 1
                raise
        found.owner = owner
        return found

    def _fresh(self) -> Instance:
        """Waits for one that is being opened anyway; side by side, opening takes longer than in turn."""
        with self._opening:
            with self._lock:
                found, self._spare = self._spare, None
            return found or self._open()

    def _find(self, owner: str) -> tuple[Instance | None, list[Instance]]:
        """An instance that ``owner`` can have, if any, and those that must make room for it."""
        with self._lock:
            self._busy += 1
            for position in range(len(self._idle) - 1, -1, -1):
                if self._idle[position].owner == owner:
                    return self._idle.pop(position), []
            excess = max(0, len(self._idle) + self._busy - self._slots)
            surplus, self._idle = self._idle[:excess], self._idle[excess:]
            found, self._spare = self._spare, None
            return found, surplus

    def give(self, instance: Instance) -> None:
        with self._lock:
            self._busy -= 1
            if not self._closed:
                self._idle.append(instance)
                return
        instance.close()

    def close(self) -> None:
        with self._lock:
            self._closed = True
            instances = [*self._idle, *([self._spare] if self._spare else [])]
            self._idle, self._spare = [], None
        for instance in instances:
            instance.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _open(self) -> Instance:
        scratch = self._folder / f"instance-{next(self._numbers)}"
        scratch.mkdir(parents=True)
        connection = duckdb.connect(":memory:", config=self._configuration(scratch))
        try:
            connection.execute(f"LOAD {text(str(httpfs()))}")
            for macro in self._macros:
                connection.execute(macro)
            lock_down(connection, scratch)
        except duckdb.Error:
            connection.close()
            raise
        return Instance(connection, scratch)

    def _configuration(self, scratch: Path) -> dict[str, str | bool | int | float | list[str]]:
        memory = max(LEAST_MEMORY, int(machine_memory() * SHARE_OF_MEMORY) // self._slots)
        return {
            "threads": os.cpu_count() or 1,
            "memory_limit": f"{memory}B",
            "temp_directory": str(scratch / "spill"),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
            "python_enable_replacements": False,
        }


def lock_down(connection: duckdb.DuckDBPyConnection, scratch: Path) -> None:
    """From here on neither files, extensions, plain HTTP, other databases nor settings can be reached."""
    allowed = listed([text("s3://"), text(f"{scratch}/")])
    # of DuckDB's two HTTP clients, the one that does not follow *_proxy variables behind its back
    connection.execute("SET httpfs_client_implementation='httplib'")
    connection.execute("SET http_proxy=''")
    connection.execute("SET TimeZone='UTC'")
    connection.execute("SET allow_persistent_secrets=false")
    connection.execute(f"SET allowed_directories={allowed}")
    connection.execute("SET enable_external_access=false")
    connection.execute("SET lock_configuration=true")


def httpfs() -> Path:
    """The extension's file in its wheel, so that nothing is downloaded and nothing is written to the home folder."""
    spec = importlib.util.find_spec("duckdb_extension_httpfs")
    if spec is None or spec.origin is None:
        raise StartError("DuckDB's httpfs extension is missing: pip install duckdb-extension-httpfs")
    return Path(spec.origin).parent / "extensions" / f"v{duckdb.__version__}" / "httpfs.duckdb_extension"


def machine_memory() -> int:
    """Bytes that this process can have: the machine's, or its container's."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for path in CGROUP_LIMITS:
        if path.is_file() and (limit := path.read_text().strip()).isdigit():
            memory = min(memory, int(limit))
    return memory
