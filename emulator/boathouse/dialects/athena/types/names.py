"""How Trino writes a type in its sentences and in typeof, which differs from its API by blanks."""

from boathouse.datatypes import DataType


def sentence_name(given: DataType) -> str:
    if given.name == "row":
        fields = (
            f"{name} {sentence_name(child)}".strip() for name, child in zip(given.names, given.children, strict=True)
        )
        return f"row({', '.join(fields)})"
    if given.children:
        return f"{given.name}({', '.join(map(sentence_name, given.children))})"
    return str(given).replace(", ", ",")
