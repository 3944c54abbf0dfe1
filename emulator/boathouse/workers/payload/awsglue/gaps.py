"""How what is missing says so: by name, and only for names that AWS's library really has."""

from typing import Any, NoReturn


def refuse(what: str) -> NoReturn:
    raise NotImplementedError(f"emulator: {what} is not supported; use the DataFrame (toDF) and plain PySpark instead")


def refuse_options(where: str, given: dict[str, Any], known: frozenset[str]) -> None:
    """An option that would be ignored is worse than one that is refused."""
    if unknown := sorted(given.keys() - known):
        refuse(f"{where} with {', '.join(unknown)}")


class Gaps:
    """A class of AWS's of which a part is here: MISSING names the rest."""

    MISSING: frozenset[str] = frozenset()

    def __getattr__(self, name: str) -> Any:
        if name in type(self).MISSING:
            refuse(f"{type(self).__name__}.{name}")
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")


class Missing:
    """Stands where AWS's library has a class that is not here, so that importing it is no error but using it is."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __call__(self, *_: object, **__: object) -> NoReturn:
        refuse(self._name)

    def __getattr__(self, name: str) -> NoReturn:
        refuse(f"{self._name}.{name}")
