"""What ministack's services know, saved by its own serialisers and read back: one file a service.

Knows nothing of requests. ministack by itself goes on empty where a file does not load, and unsaved where one cannot
be written; here either is an error.
"""

import json
from collections.abc import Callable, Iterable
from hashlib import blake2b
from pathlib import Path
from typing import Any

LEFT_OUT = {"s3": ("_object_retention", "_object_legal_hold", "_completed_multipart_uploads")}
"""Stores that a service's own serialiser leaves out, by service."""
SMALL = 64 * 1024
"""Characters of a service's state that cost next to nothing to look at: a millisecond or two."""
ATTEMPTS = 5
BROKEN = (ValueError, LookupError, TypeError, AttributeError)
"""What comes of reading something that was not written so."""


class Unreadable(Exception):
    """A file of the state that cannot be read back. The message says what to do."""

    def __init__(self, path: Path, why: object) -> None:
        super().__init__(
            f"the base's state file {path} cannot be read ({why}). Restore it, or move it away to begin without what it"
            " holds, or start with --state DIR on another folder; nothing was changed"
        )


class Unsaved(Exception):
    """A service that cannot say what it knows."""


class Keeping:
    """``base`` and ``persistence`` are ministack's modules ``app`` and ``core.persistence``."""

    def __init__(self, base: Any, persistence: Any, folder: Path) -> None:
        self._base = base
        self._persistence = persistence
        self.folder = folder
        self._saved = dict[str, bytes]()
        self._sizes = dict[str, int]()
        folder.mkdir(parents=True, exist_ok=True)

    def restore(self) -> None:
        """Raises Unreadable, before anything was asked of it."""
        for name, module in self._base._state_map.items():
            path = self._path(name)
            if path.exists():
                self._restore(name, self._base._get_module(module), path)

    def _restore(self, name: str, module: Any, path: Path) -> None:
        try:
            state = self._payload(name, json.loads(path.read_bytes(), object_hook=self._persistence._json_object_hook))
            module.load_persisted_state(state)
            for store in LEFT_OUT.get(name, ()):
                getattr(module, store).update(state.get(store, {}))
        except OSError as error:
            raise Unreadable(path, error.strerror) from error
        except BROKEN as error:
            raise Unreadable(path, f"{type(error).__name__}: {error}") from error

    def _payload(self, name: str, document: Any) -> Any:
        if not isinstance(document, dict):
            raise TypeError("it is no JSON object")
        version, known = document.get("__ministack_format__", 1), self._persistence._state_format_version(name)
        if version > known:
            raise ValueError(f"it is of version {version}, this ministack reads {known}; start the one that wrote it")
        return document.get("payload", document)

    def services(self) -> list[str]:
        """Those that were asked for anything, and so may know something."""
        return list(self._base._build_persistence_save_dict())

    def files_of(self, service: str) -> set[str]:
        """The names of a service's files; ``service`` as ministack's router calls it."""
        known = self._base.SERVICE_REGISTRY.get(self._base.SERVICE_NAME_ALIASES.get(service, service))
        return set() if known is None else {known.get("state_key", known["module"]), *known.get("sub_modules", ())}

    def small(self) -> list[str]:
        return [name for name in self.services() if self._sizes.get(name, 0) <= SMALL]

    def save(self, services: Iterable[str]) -> None:
        """Writes what has changed of these. Raises OSError or Unsaved; the file then holds the state before."""
        states = self._base._build_persistence_save_dict()
        for name in services:
            if name in states:
                self._save(name, states[name])

    def _save(self, name: str, get_state: Callable[[], dict[str, Any] | None]) -> None:
        try:
            content = self._serialised(name, get_state)
        except (*BROKEN, RuntimeError) as error:
            raise Unsaved(f"{name}: {type(error).__name__}: {error}") from error
        self._sizes[name] = len(content)
        digest = blake2b(content).digest()
        if content and self._saved.get(name) != digest:
            write(self._path(name), content)
            self._saved[name] = digest

    def _serialised(self, name: str, get_state: Callable[[], dict[str, Any] | None]) -> bytes:
        """Empty for a service that has nothing to say, whose file is left alone."""
        state = _undisturbed(get_state)
        if state is None:
            return b""
        module = self._base._get_module(self._base._state_map[name])
        left_out = {store: getattr(module, store) for store in LEFT_OUT.get(name, ())}
        version = self._persistence._state_format_version(name)
        document = {"__ministack_format__": version, "payload": state | left_out}
        return json.dumps(document, default=self._persistence._json_default).encode()

    def forget(self) -> None:
        """After ministack has removed its files."""
        self._saved.clear()

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.json"


def write(path: Path, *parts: bytes) -> None:
    """All of it or nothing. Not synced: the machine's memory outlives the process."""
    whole = path.with_name(f"{path.name}.tmp")
    try:
        with whole.open("wb") as file:
            file.writelines(parts)
        whole.replace(path)
    except OSError:
        whole.unlink(missing_ok=True)
        raise


def _undisturbed(get_state: Callable[[], dict[str, Any] | None]) -> dict[str, Any] | None:
    """Some services have threads of their own, which may change a dictionary while it is copied."""
    for _ in range(ATTEMPTS - 1):
        try:
            return get_state()
        except RuntimeError:
            continue
    return get_state()
