"""Values as AWS's front quotes them in its sentences: the way Java writes them."""

from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

REDACTED = "***Sensitive Data Redacted***"


def shown(shape: Shape, value: Any) -> str:
    if value is None:
        return "null"
    if shape.metadata.get("sensitive"):
        return REDACTED
    match shape:
        case StructureShape():
            parts = (f"{_spelled(name)}={shown(member, value.get(name))}" for name, member in shape.members.items())
            return f"{shape.name}({', '.join(parts)})"
        case ListShape():
            return f"[{', '.join(shown(shape.member, item) for item in value)}]"
        case MapShape():
            return f"{{{', '.join(f'{key}={shown(shape.value, item)}' for key, item in value.items())}}}"
    if isinstance(value, bytes):
        return f"java.nio.HeapByteBuffer[pos=0 lim={len(value)} cap={len(value)}]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _spelled(name: str) -> str:
    return name[:1].lower() + name[1:]
