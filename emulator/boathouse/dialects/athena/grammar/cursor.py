"""A place in a list of tokens, and the questions that a recursive-descent parser asks there."""

from boathouse.dialects.athena.errors import Position, SqlRefused, syntax
from boathouse.dialects.athena.grammar.tokens import Token

_CLAUSES = {
    "LIMIT": ("integer", "ALL", "?"),
    "OFFSET": ("integer", "?"),
    "FETCH": ("FIRST", "NEXT"),
    "WINDOW": ("word", "quoted"),
    "TABLESAMPLE": ("BERNOULLI", "SYSTEM"),
    "MATCH_RECOGNIZE": ("(",),
}
"""Words that are no reserved ones and yet begin a clause, with what then follows: a kind of token or its value."""


class Cursor:
    """Words are given in capitals. ``reserved`` words are no names unless they are quoted."""

    def __init__(self, sql: str, tokens: list[Token], reserved: frozenset[str]) -> None:
        self.sql = sql
        self._tokens = tokens
        self._reserved = reserved
        self._index = 0

    def peek(self, ahead: int = 0) -> Token:
        return self._tokens[min(self._index + ahead, len(self._tokens) - 1)]

    @property
    def at(self) -> Position:
        return self.peek().at

    def next(self) -> Token:
        token = self.peek()
        if token.kind != "end":
            self._index += 1
        return token

    def mark(self) -> int:
        return self._index

    def at_mark(self, mark: int) -> Position:
        return self._tokens[mark].at

    def reset(self, mark: int) -> None:
        self._index = mark

    def text_since(self, mark: int) -> str:
        """The statement's own text from ``mark`` to here."""
        return self.sql[self._tokens[mark].start : self._tokens[max(mark, self._index - 1)].end]

    def sees(self, *words: str, ahead: int = 0) -> bool:
        """Whether exactly these words come next."""
        return all(
            self.peek(ahead + index).kind == "word" and self.peek(ahead + index).value == word
            for index, word in enumerate(words)
        )

    def sees_any(self, *words: str, ahead: int = 0) -> bool:
        return any(self.sees(word, ahead=ahead) for word in words)

    def sees_symbol(self, *symbols: str, ahead: int = 0) -> bool:
        token = self.peek(ahead)
        return token.kind == "symbol" and token.value in symbols

    def accept(self, *words: str) -> bool:
        if found := self.sees(*words):
            self._index += len(words)
        return found

    def accept_symbol(self, symbol: str) -> bool:
        if found := self.sees_symbol(symbol):
            self._index += 1
        return found

    def expect(self, *words: str) -> Token:
        first = self.peek()
        for word in words:
            if not self.accept(word):
                raise self.mismatch(f"'{word}'")
        return first

    def expect_symbol(self, symbol: str) -> Token:
        token = self.peek()
        if not self.accept_symbol(symbol):
            raise self.mismatch(f"'{symbol}'")
        return token

    def expect_string(self) -> Token:
        if self.peek().kind != "string":
            raise self.mismatch("<string>")
        return self.next()

    def expect_integer(self) -> int:
        if self.peek().kind != "integer":
            raise self.mismatch("<integer>")
        return int(self.next().value)

    def sees_name(self, ahead: int = 0) -> bool:
        token = self.peek(ahead)
        return token.kind == "quoted" or (token.kind == "word" and token.value not in self._reserved)

    def sees_clause(self) -> bool:
        """Whether a clause begins here with a word that could also be an alias: ``LIMIT 1``, ``WINDOW w AS``."""
        return any(
            self.sees(word) and any(self._sees_start(start) for start in starts) for word, starts in _CLAUSES.items()
        )

    def _sees_start(self, start: str) -> bool:
        following = self.peek(1)
        return start in (following.kind, following.value)

    def expect_name(self) -> Token:
        if not self.sees_name():
            raise self.mismatch("<identifier>")
        return self.next()

    def expect_end(self) -> None:
        self.accept_symbol(";")
        if self.peek().kind != "end":
            raise self.mismatch("<EOF>")

    def mismatch(self, *expected: str) -> SqlRefused:
        token = self.peek()
        expecting = f". Expecting: {', '.join(expected)}" if expected else ""
        return syntax(token.at, f"mismatched input '{token.text}'{expecting}")


def name_of(token: Token) -> str:
    """The name as written: a word keeps its case here, names are compared without it."""
    return token.value if token.kind == "quoted" else token.text
