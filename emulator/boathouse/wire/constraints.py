"""What a request's values must satisfy by the model: required members, lengths, ranges, enums, patterns.

Sentences are those of AWS's front: ``Value 'x' at 'streamName' failed to satisfy constraint: Member must ...``.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

Check = Callable[[Any, str, list[str]], None]
"""Takes a value and the path that names it, and adds a sentence for each failure."""

MAX_MATCHED = 16_384
"""Longer texts are not matched against patterns: some take time that grows with the square of the length."""
_SURROGATE_PAIR = re.compile(r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")


def failures(shape: Shape, value: Any) -> list[str]:
    """A sentence for each constraint of ``shape`` that ``value``, of the right type, does not satisfy."""
    found: list[str] = []
    if (check := _check(shape)) is not None:
        check(value, "", found)
    return found


@cache
def _check(shape: Shape) -> Check | None:
    return _compile(shape, {})


def _compile(shape: Shape, known: dict[str, Check]) -> Check | None:
    """None where nothing beneath ``shape`` can fail, so that it need not be walked."""
    match shape:
        case StructureShape():
            return None if shape.is_document_type else _structure_check(shape, known)
        case ListShape():
            return _list_check(shape, known)
        case MapShape():
            return _map_check(shape, known)
    return _scalar_check(shape)


def _structure_check(shape: StructureShape, known: dict[str, Check]) -> Check | None:
    """Members are spelled as in AWS's own Java, with a small first letter."""
    if shape.name in known:
        return known[shape.name]
    spelled = {name: name[:1].lower() + name[1:] for name in shape.members}
    required = shape.required_members
    members: dict[str, Check] = {}

    def check(value: Any, path: str, found: list[str]) -> None:
        prefix = f"{path}." if path else ""
        for name in required:
            if name not in value:
                found.append(_sentence(None, prefix + spelled[name], "Member must not be null"))
        for name, item in value.items():
            if name in members:
                members[name](item, prefix + spelled[name], found)

    known[shape.name] = check
    for name, member in shape.members.items():
        if (check_member := _compile(member, known)) is not None:
            members[name] = check_member
    return check if members or required else None


def _list_check(shape: ListShape, known: dict[str, Check]) -> Check | None:
    check_item, check_length = _compile(shape.member, known), _size_check(shape, "length")
    if check_item is None and check_length is None:
        return None

    def check(value: Any, path: str, found: list[str]) -> None:
        if check_length is not None:
            check_length(value, path, found)
        if check_item is not None:
            for index, item in enumerate(value, 1):
                if item is not None:
                    check_item(item, f"{path}.{index}.member", found)

    return check


def _map_check(shape: MapShape, known: dict[str, Check]) -> Check | None:
    check_key, check_value = _compile(shape.key, known), _compile(shape.value, known)
    check_length = _size_check(shape, "length")
    if check_key is None and check_value is None and check_length is None:
        return None

    def check(value: Any, path: str, found: list[str]) -> None:
        if check_length is not None:
            check_length(value, path, found)
        for key, item in value.items():
            if check_key is not None:
                check_key(key, f"{path}.{key}.key", found)
            if check_value is not None and item is not None:
                check_value(item, f"{path}.{key}.member", found)

    return check


def _scalar_check(shape: Shape) -> Check | None:
    measured = "length" if shape.type_name in ("string", "blob") else "value"
    possible = (_size_check(shape, measured), _enum_check(shape), _pattern_check(shape))
    checks = [check for check in possible if check is not None]
    if len(checks) < 2:
        return checks[0] if checks else None

    def check(value: Any, path: str, found: list[str]) -> None:
        for each in checks:
            each(value, path, found)

    return check


def _size_check(shape: Shape, measured: str) -> Check | None:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is None and most is None:
        return None

    def check(value: Any, path: str, found: list[str]) -> None:
        size = len(value) if measured == "length" else value
        if least is not None and size < least:
            found.append(_sentence(value, path, f"Member must have {measured} greater than or equal to {least}"))
        if most is not None and size > most:
            found.append(_sentence(value, path, f"Member must have {measured} less than or equal to {most}"))

    return check


def _enum_check(shape: Shape) -> Check | None:
    allowed = shape.metadata.get("enum")
    if not allowed:
        return None
    known = frozenset(allowed)

    def check(value: Any, path: str, found: list[str]) -> None:
        if value not in known:
            found.append(_sentence(value, path, f"Member must satisfy enum value set: [{', '.join(allowed)}]"))

    return check


def _pattern_check(shape: Shape) -> Check | None:
    text = shape.metadata.get("pattern")
    if not text or (matches := _matcher(text)) is None:
        return None

    def check(value: Any, path: str, found: list[str]) -> None:
        if len(value) <= MAX_MATCHED and not matches(value):
            found.append(_sentence(value, path, f"Member must satisfy regular expression pattern: {text}"))

    return check


@cache
def _matcher(pattern: str) -> Callable[[str], object] | None:
    """AWS's services match the whole value, but for patterns that are anchored at their beginning alone.

    None for what Python's ``re`` cannot read (``\\p{L}`` and other Java classes): those are left to the service.
    """
    try:
        compiled = re.compile(_SURROGATE_PAIR.sub(_joined, pattern))
    except (re.error, OverflowError):
        return None
    return compiled.match if pattern.startswith("^") and not pattern.endswith("$") else compiled.fullmatch


def _joined(pair: re.Match[str]) -> str:
    """Java spells a character outside the basic plane as two surrogates, Python as one."""
    high, low = int(pair[1], 16), int(pair[2], 16)
    return f"\\U{0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00):08x}"


def _sentence(value: Any, path: str, constraint: str) -> str:
    return f"Value {_shown(value)} at '{path}' failed to satisfy constraint: {constraint}"


def _shown(value: Any) -> str:
    if value is None:
        return "null"
    return f"'{value if isinstance(value, str | int | float) else '[...]'}'"
