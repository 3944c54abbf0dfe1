"""What names mean where: the fields of a FROM clause, their relations, and the scope around a subquery."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from boathouse.datatypes import DataType
from boathouse.dialects.athena.errors import Position, semantic


@dataclass(frozen=True, slots=True)
class Field:
    """A column in scope. ``qualifier`` is what may stand before it (``("awsdatacatalog", "db", "t")`` or an alias),
    ``use`` tells the read that the column is needed."""

    name: str | None
    type: DataType
    sql: str
    qualifier: tuple[str, ...] = ()
    use: Callable[[], None] | None = None

    def answers(self, parts: Sequence[str]) -> bool:
        *prefix, name = parts
        if self.name is None or self.name.lower() != name:
            return False
        return not prefix or tuple(prefix) == self.qualifier[-len(prefix) :]


@dataclass(frozen=True, slots=True)
class Mention:
    """A column of the scope's own, used outside any aggregate."""

    sql: str
    at: Position


@dataclass(eq=False, slots=True)
class Scope:
    fields: tuple[Field, ...]
    parent: "Scope | None" = None
    mentions: list[Mention] = field(default_factory=list)

    def find(self, parts: Sequence[str], at: Position) -> Field | None:
        """The field that ``parts`` (lower case) name, here or around; an ambiguous name raises."""
        found = [candidate for candidate in self.fields if candidate.answers(parts)]
        if len(found) > 1:
            raise semantic("AMBIGUOUS_NAME", at, f"Column '{'.'.join(parts)}' is ambiguous")
        if found:
            if found[0].use is not None:
                found[0].use()
            self.mentions.append(Mention(found[0].sql, at))
            return found[0]
        return None if self.parent is None else self.parent.find(parts, at)

    def knows(self, parts: Sequence[str]) -> bool:
        """Whether ``find`` would find something, without using it."""
        here = any(candidate.answers(parts) for candidate in self.fields)
        return here or (self.parent is not None and self.parent.knows(parts))

    def of_relation(self, parts: Sequence[str]) -> Iterator[Field]:
        """The fields of ``t.*``."""
        wanted = tuple(part.lower() for part in parts)
        return (candidate for candidate in self.fields if candidate.qualifier[-len(wanted) :] == wanted)
