"""Regular expressions: the part of Trino's language (Joni, Java's syntax) that RE2 reads alike, written as RE2.

https://trino.io/docs/435/functions/regexp.html. Everything else is refused by name. What was measured to differ and is
therefore refused or rewritten: ``\\b`` (letters beyond ASCII), ``$`` (before a last line feed), ``\\s`` (the vertical
tab), case folding of ``ss``, ``ff``, ``fi``, ``fl`` and ``st``, groups that take no part, and empty matches.
"""

from dataclasses import dataclass, field

_SPECIAL = frozenset("\\^$.|?*+()[]{}")
_SPACE = r"\t\n\x0b\f\r "
_CLASSES = {"d": "0-9", "w": "A-Za-z0-9_", "s": _SPACE}
_CONTROLS = {"t": r"\t", "n": r"\n", "r": r"\r", "f": r"\f"}
_FOLDING_PAIRS = ("ss", "ff", "fi", "fl", "st")
_MOST_REPEATS = 1000


class PatternRefused(ValueError):
    """The message names the part of the pattern that has no faithful RE2."""


@dataclass(slots=True)
class Group:
    """``optional``: a match may leave it out. ``repeated``: it may match several times. ``nullable``: on nothing."""

    optional: bool
    repeated: bool
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Regex:
    """``re2`` is without the ``$`` at its end, if there is one: then ``to_end``. ``from_start``: it has a ``^``."""

    re2: str
    groups: tuple[Group, ...]
    nullable: bool
    lazy: bool
    to_end: bool
    from_start: bool

    @property
    def matching(self) -> str:
        """For a test alone: with its end, which is the text's or a line feed there."""
        return rf"(?:{self.re2})\n?\z" if self.to_end else self.re2


def parse_pattern(text: str) -> Regex:
    return _Parser(text).parse()


@dataclass(slots=True)
class _Parser:
    text: str
    position: int = 0
    groups: list[Group] = field(default_factory=list)
    lazy: bool = False
    from_start: bool = False

    def parse(self) -> Regex:
        flags = self._flags()
        body, nullable, ends = self._alternatives(optional=False, repeated=False, top=True)
        if self.position < len(self.text):
            raise PatternRefused(f"the character {self.text[self.position]} in a pattern")
        return Regex(flags + body, tuple(self.groups), nullable, self.lazy, ends, self.from_start)

    def _flags(self) -> str:
        if not self.text.startswith("(?i)"):
            return ""
        self.position = 4
        rest = self.text[4:].lower()
        if not rest.isascii() or "{" in rest or any(pair in rest for pair in _FOLDING_PAIRS):
            raise PatternRefused("(?i) with letters that fold to or from several")
        return "(?i)"

    def _peek(self, text: str) -> bool:
        return self.text.startswith(text, self.position)

    def _accept(self, text: str) -> bool:
        found = self._peek(text)
        self.position += len(text) * found
        return found

    def _alternatives(self, *, optional: bool, repeated: bool, top: bool = False) -> tuple[str, bool, bool]:
        """RE2, whether it matches nothing, and whether it ends in ``$``."""
        start = self.position
        several = self._has_alternatives()
        parts = [self._sequence(optional or several, repeated, top and not several)]
        while self._accept("|"):
            parts.append(self._sequence(optional or several, repeated, False))
        if any(not re2 for re2, _, _ in parts) and (several or not top):
            raise PatternRefused(f"an empty alternative or group in the pattern {self.text[start:]}")
        return "|".join(re2 for re2, _, _ in parts), any(null for _, null, _ in parts), parts[0][2]

    def _has_alternatives(self) -> bool:
        """Whether a bar follows before this group closes."""
        depth, position, in_class = 0, self.position, False
        while position < len(self.text):
            character = self.text[position]
            if character == "\\":
                position += 1
            elif in_class:
                in_class = character != "]"
            elif character == "[":
                in_class = True
            elif character in "()":
                depth += 1 if character == "(" else -1
                if depth < 0:
                    return False
            elif character == "|" and depth == 0:
                return True
            position += 1
        return False

    def _sequence(self, optional: bool, repeated: bool, may_end: bool) -> tuple[str, bool, bool]:
        parts, nullable = list[str](), True
        while self.position < len(self.text) and not self._peek("|") and not self._peek(")"):
            if self._accept("$"):
                if not may_end or self.position < len(self.text):
                    raise PatternRefused("$ anywhere but at the end of a pattern without alternatives")
                return "".join(parts), nullable, True
            re2, matches_nothing = self._piece(optional, repeated)
            parts.append(re2)
            nullable = nullable and matches_nothing
        return "".join(parts), nullable, False

    def _piece(self, optional: bool, repeated: bool) -> tuple[str, bool]:
        start, known = self.position, len(self.groups)
        low, high = self._quantifier_after(self.position)
        re2, nullable = self._atom(optional or low == 0, repeated or high > 1)
        quantifier = self._quantifier()
        if quantifier and (nullable or re2 == "^"):
            raise PatternRefused(f"a repeated part that matches nothing: {self.text[start : self.position]}")
        if quantifier and not re2.startswith(("(", "[")) and len(self.groups) != known:
            raise PatternRefused(f"the part {self.text[start : self.position]} of a pattern")
        return re2 + quantifier, nullable or (bool(quantifier) and low == 0)

    def _quantifier_after(self, start: int) -> tuple[int, int]:
        """How often the atom at ``start`` may stand: looked up before it is read, since its groups need to know."""
        ahead = _Parser(self.text, start)
        ahead._atom(False, False)
        match ahead._quantifier()[:1]:
            case "*":
                return 0, _MOST_REPEATS
            case "+":
                return 1, _MOST_REPEATS
            case "?":
                return 0, 1
            case "{":
                return ahead._bounds()
        return 1, 1

    def _bounds(self) -> tuple[int, int]:
        inner = self.text[: self.position].rpartition("{")[2].partition("}")[0]
        low, comma, high = inner.partition(",")
        return int(low), int(high) if high else (_MOST_REPEATS if comma else int(low))

    def _quantifier(self) -> str:
        start = self.position
        if self.position < len(self.text) and self.text[self.position] in "*+?":
            self.position += 1
        elif self._accept("{"):
            end = self.text.find("}", self.position)
            inner = self.text[self.position : end]
            if end < 0 or not all(part.isdigit() for part in inner.rstrip(",").split(",")):
                raise PatternRefused("{ that begins no repetition in a pattern")
            self.position = end + 1
            if max(int(part) for part in inner.rstrip(",").split(",")) > _MOST_REPEATS:
                raise PatternRefused("more than 1000 repetitions in a pattern")
        else:
            return ""
        if self._peek("+") or self._peek("*") or self._peek("{") or (self._peek("?") and self._peek_back("}")):
            raise PatternRefused("possessive or doubled quantifiers")
        if self._accept("?"):
            self.lazy = True
        if self._peek("?") or self._peek("+") or self._peek("*"):
            raise PatternRefused("possessive or doubled quantifiers")
        return self.text[start : self.position]

    def _peek_back(self, character: str) -> bool:
        return self.text[self.position - 1] == character

    def _atom(self, optional: bool, repeated: bool) -> tuple[str, bool]:
        character = self.text[self.position]
        if character == "(":
            return self._group(optional, repeated)
        self.position += 1
        if character == "[":
            return self._class(), False
        if character == "\\":
            return self._escape(), False
        if character == "^":
            self.from_start = True
            return "^", True
        if character == ".":
            return ".", False
        if character in _SPECIAL:
            raise PatternRefused(f"the character {character} in a pattern")
        return _literal(character), False

    def _group(self, optional: bool, repeated: bool) -> tuple[str, bool]:
        opening = "(?:" if self._accept("(?:") else "("
        if opening == "(":
            self._accept("(")
            if self._peek("?"):
                raise PatternRefused(f"the group ({self.text[self.position : self.position + 2]} in a pattern")
            group = Group(optional, repeated)
            self.groups.append(group)
        body, nullable, _ = self._alternatives(optional=optional, repeated=repeated)
        if not self._accept(")"):
            raise PatternRefused("a pattern with a parenthesis that does not close")
        if opening == "(":
            group.nullable = nullable
        return f"{opening}{body})", nullable

    def _escape(self) -> str:
        if self.position >= len(self.text):
            raise PatternRefused("a pattern that ends with a backslash")
        character = self.text[self.position]
        self.position += 1
        if character in _CLASSES:
            return f"[{_CLASSES[character]}]"
        if character.lower() in _CLASSES:
            return f"[^{_CLASSES[character.lower()]}]"
        if character in _CONTROLS:
            return _CONTROLS[character]
        if character.isalnum():
            raise PatternRefused(rf"\{character} in a pattern")
        return _literal(character)

    def _class(self) -> str:
        parts = ["[^" if self._accept("^") else "["]
        first = True
        while not self._accept("]"):
            if self.position >= len(self.text) or self._peek("[") or self._peek("&&"):
                raise PatternRefused("[ or && inside a class of a pattern")
            item, single = self._class_item()
            if self._peek("-") and not self._peek("-]"):
                self.position += 1
                if self._peek("[") or self._peek("]") or not single:
                    raise PatternRefused("a range inside a class of a pattern")
                last, last_single = self._class_item()
                if not last_single or last < item:
                    raise PatternRefused("a range inside a class of a pattern")
                item = f"{item}-{last}"
            parts.append(item)
            first = False
        if first:
            raise PatternRefused("an empty class in a pattern")
        return "".join(parts) + "]"

    def _class_item(self) -> tuple[str, bool]:
        """RE2's text, and whether it is one character."""
        character = self.text[self.position]
        self.position += 1
        if character != "\\":
            return _literal(character), True
        if self.position >= len(self.text):
            raise PatternRefused("a pattern that ends with a backslash")
        escaped = self.text[self.position]
        self.position += 1
        if escaped in _CLASSES:
            return _CLASSES[escaped], False
        if escaped in _CONTROLS:
            return _CONTROLS[escaped], False
        if escaped.isalnum():
            raise PatternRefused(rf"\{escaped} inside a class of a pattern")
        return _literal(escaped), True


def _literal(character: str) -> str:
    return character if character.isalnum() or ord(character) > 127 or character in " _" else f"\\{character}"
