"""What a request's values must satisfy by the model: required members, lengths, ranges, enums, patterns.

Sentences, paths and order are those of AWS's front, as its clients have reported them:
``Value '' at 'records.1.member.partitionKey' failed to satisfy constraint: Member must have length ...``.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from boathouse.wire.rules import Rule, rules
from boathouse.wire.shown import shown

Check = Callable[[Any, str, list[str]], None]
"""Takes a value and the path that names it, and adds a sentence for each failure."""

UNSATISFIED = "failed to satisfy constraint"
MOST = 10
"""AWS names no more failures than these."""


def failures(shape: Shape, value: Any) -> list[str]:
    """A sentence for each constraint of ``shape`` that ``value``, of the right type, does not satisfy."""
    found: list[str] = []
    if (check := _check(shape)) is not None:
        check(value, "", found)
    return found[:MOST]


@cache
def _check(shape: Shape) -> Check | None:
    return _compile(shape, {})


def _compile(shape: Shape, known: dict[str, Check]) -> Check | None:
    """None where nothing beneath ``shape`` can fail, so that it need not be walked."""
    match shape:
        case StructureShape():
            return None if shape.is_document_type else _structure_check(shape, known)
        case ListShape():
            return _joined(_own_check(shape), _list_check(shape, known))
        case MapShape():
            return _joined(_own_check(shape), _keys_check(shape), _values_check(shape, known))
    return _own_check(shape)


def _structure_check(shape: StructureShape, known: dict[str, Check]) -> Check | None:
    """Members are spelled with a small first letter, as AWS's own Java has them. ``known`` closes the circle for
    shapes that contain themselves."""
    if shape.name in known:
        return known[shape.name]
    steps: list[tuple[str, str, bool, Check | None]] = []

    def check(value: Any, path: str, found: list[str]) -> None:
        prefix = f"{path}." if path else ""
        for name, spelled, required, check_member in steps:
            item = value.get(name)
            if item is not None and check_member is not None:
                check_member(item, prefix + spelled, found)
            elif item is None and required:
                found.append(f"Value null at '{prefix}{spelled}' {UNSATISFIED}: Member must not be null")

    known[shape.name] = check
    for name, member in shape.members.items():
        required, check_member = name in shape.required_members, _compile(member, known)
        if required or check_member is not None:
            steps.append((name, name[:1].lower() + name[1:], required, check_member))
    return check if steps else None


def _list_check(shape: ListShape, known: dict[str, Check]) -> Check | None:
    if _is_scalar(shape.member):
        return _all_check(shape, rules(shape.member), "Member must satisfy constraint", lambda value: value)
    if (check_item := _compile(shape.member, known)) is None:
        return None

    def check(value: Any, path: str, found: list[str]) -> None:
        for index, item in enumerate(value, 1):
            if item is not None:
                check_item(item, f"{path}.{index}.member", found)

    return check


def _keys_check(shape: MapShape) -> Check | None:
    return _all_check(shape, rules(shape.key), "Map keys must satisfy constraint", lambda value: value.keys())


def _values_check(shape: MapShape, known: dict[str, Check]) -> Check | None:
    if _is_scalar(shape.value):
        return _all_check(shape, rules(shape.value), "Map value must satisfy constraint", lambda value: value.values())
    if (check_item := _compile(shape.value, known)) is None:
        return None

    def check(value: Any, path: str, found: list[str]) -> None:
        for key, item in value.items():
            if item is not None:
                check_item(item, f"{path}.{key}.member", found)

    return check


def _own_check(shape: Shape) -> Check | None:
    checked = rules(shape)

    def check(value: Any, path: str, found: list[str]) -> None:
        for rule in checked:
            if not rule.holds(value):
                found.append(_sentence(shape, value, path, rule.text))

    return check if checked else None


def _all_check(shape: Shape, inner: list[Rule], text: str, items_of: Callable[[Any], Any]) -> Check | None:
    """Items that are scalars are not named one by one: the whole list or map is shown, with all their constraints."""
    if not inner:
        return None
    listed = ", ".join(rule.text for rule in sorted(inner, key=lambda rule: rule.rank))

    def check(value: Any, path: str, found: list[str]) -> None:
        if not all(rule.holds(item) for item in items_of(value) if item is not None for rule in inner):
            found.append(_sentence(shape, value, path, f"{text}: [{listed}]"))

    return check


def _joined(*checks: Check | None) -> Check | None:
    present = [check for check in checks if check is not None]
    if len(present) < 2:
        return present[0] if present else None

    def check(value: Any, path: str, found: list[str]) -> None:
        for each in present:
            each(value, path, found)

    return check


def _is_scalar(shape: Shape) -> bool:
    return not isinstance(shape, StructureShape | ListShape | MapShape)


def _sentence(shape: Shape, value: Any, path: str, constraint: str) -> str:
    value_shown = "Value" if shape.metadata.get("sensitive") else f"Value '{shown(shape, value)}'"
    return f"{value_shown} at '{path}' {UNSATISFIED}: {constraint}"
