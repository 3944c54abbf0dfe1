"""GetPartitions' Expression: a small SQL WHERE clause over a table's partition keys, compiled to a test of values.

Grammar and types: https://docs.aws.amazon.com/glue/latest/webapi/API_GetPartitions.html. Glue parses with JSqlParser:
strings in single quotes, and what Spark sends, double quotes around a value; constants only, on either side.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from boathouse.errors import AwsError
from boathouse.lake.catalog.comparisons import Key, between, comparison, is_null, like, membership, negation
from boathouse.lake.catalog.partitions import Matches
from boathouse.lake.catalog.refusals import invalid
from boathouse.lake.state import Document

COMPARISONS = frozenset({"=", "<>", "!=", "<", "<=", ">", ">="})
FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
KEYWORDS = frozenset({"AND", "OR", "NOT", "IN", "BETWEEN", "LIKE", "IS", "NULL"})
_TOKEN = re.compile(
    r"""\s*(?:
        (?P<string>'(?:[^']|'')*')
      | (?P<quoted>"(?:[^"]|"")*"|`[^`]*`)
      | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w]))
      | (?P<word>[^\W\d][\w$]*)
      | (?P<symbol><>|!=|<=|>=|[=<>(),+\-*/])
    )""",
    re.VERBOSE,
)


class Token(NamedTuple):
    kind: str
    text: str


END = Token("end", "")


def compile_expression(expression: str, table: Document) -> Matches | None:
    """A test of a partition's values, None for a blank expression; raises InvalidInputException.

    A blank expression is no filter: Spark's and Trino's clients send one.
    """
    if not expression.strip():
        return None
    parser = _Parser(expression, table)
    matches = parser.disjunction()
    parser.expect_end()
    return matches


class _Parser:
    """Recursive descent; each method consumes its part and returns the test that it means."""

    def __init__(self, expression: str, table: Document) -> None:
        self._expression = expression
        self._tokens = _tokenize(expression)
        self._at = 0
        self._keys = {
            key["Name"].lower(): Key(position, key.get("Type") or "string")
            for position, key in enumerate(table.get("PartitionKeys") or ())
        }

    def disjunction(self) -> Matches:
        return self._joined("OR", self._conjunction, any)

    def _conjunction(self) -> Matches:
        return self._joined("AND", self._negatable, all)

    def _joined(self, word: str, part: Callable[[], Matches], how: Callable[[Any], bool]) -> Matches:
        tests = [part()]
        while self._take(word):
            tests.append(part())
        return tests[0] if len(tests) == 1 else lambda values: how(test(values) for test in tests)

    def _negatable(self) -> Matches:
        if self._take("NOT"):
            return negation(self._negatable())
        if self._peek().text == "(" and not self._is_operand_in_parentheses():
            self._take("(")
            inside = self.disjunction()
            self._expect(")")
            return inside
        return self._predicate()

    def _is_operand_in_parentheses(self) -> bool:
        """Whether what is ahead is ``((key))`` or ``(1)``: as many closed behind the operand as opened before it."""
        opened = self._count("(", self._at)
        operand = self._at + opened
        return self._tokens[operand] != END and self._count(")", operand + 1) >= opened

    def _count(self, text: str, start: int) -> int:
        end = start
        while self._tokens[end].text == text:
            end += 1
        return end - start

    def _predicate(self) -> Matches:
        left = self._operand()
        operator = self._peek()
        if operator.text in COMPARISONS:
            self._at += 1
            return self._comparison(left, operator.text, self._operand())
        if operator.text.upper() not in KEYWORDS:
            raise self._unsupported()
        key = self._key(left)
        if self._take("IS"):
            negated = self._take("NOT")
            self._expect("NULL")
            return is_null(negated)
        negated = self._take("NOT")
        test = self._test_of(key)
        return negation(test) if negated else test

    def _comparison(self, left: Token, operator: str, right: Token) -> Matches:
        if left.kind in ("word", "quoted") and left.text.lower() in self._keys:
            return comparison(self._key(left), operator, self._constant(right))
        if left.kind in ("string", "number", "quoted"):
            return comparison(self._key(right), FLIPPED.get(operator, operator), self._constant(left))
        raise self._unknown_column()

    def _test_of(self, key: Key) -> Matches:
        if self._take("IN"):
            self._expect("(")
            constants = [self._constant(self._operand())]
            while self._take(","):
                constants.append(self._constant(self._operand()))
            self._expect(")")
            return membership(key, constants)
        if self._take("BETWEEN"):
            low = self._constant(self._operand())
            self._expect("AND")
            return between(key, low, self._constant(self._operand()))
        if self._take("LIKE"):
            return like(key, self._constant(self._operand()))
        raise self._unsupported()

    def _operand(self) -> Token:
        if self._take("("):
            inside = self._operand()
            self._expect(")")
            return inside
        sign = "-" if self._take("-") else ""
        token = self._peek()
        if token.kind not in ("string", "number", "word", "quoted") or token.text.upper() in KEYWORDS:
            raise self._unsupported()
        self._at += 1
        if token.kind == "word" and token.text.upper() in ("DATE", "TIMESTAMP") and self._peek().kind == "string":
            token = self._peek()
            self._at += 1
        self._refuse_arithmetic(token)
        return Token(token.kind, sign + token.text)

    def _refuse_arithmetic(self, token: Token) -> None:
        """A date without quotes is a subtraction: Glue says ``Unsupported expression '2021 - 01 - 01'``."""
        texts = [token.text]
        while self._peek().text in ("+", "-", "*", "/"):
            texts += [token.text for token in self._tokens[self._at : self._at + 2]]
            self._at = min(self._at + 2, len(self._tokens) - 1)
        if len(texts) > 1:
            raise invalid(f"Unsupported expression '{' '.join(texts)}'")

    def _key(self, token: Token) -> Key:
        if token.kind not in ("word", "quoted"):
            raise self._unsupported()
        key = self._keys.get(token.text.lower())
        if key is None:
            raise self._unknown_column()
        return key

    def _constant(self, token: Token) -> str:
        if token.kind == "word":
            raise self._unsupported()
        return token.text

    def _peek(self) -> Token:
        return self._tokens[self._at]

    def _take(self, text: str) -> bool:
        token = self._peek()
        taken = token.kind in ("word", "symbol") and token.text.upper() == text
        self._at += taken
        return taken

    def _expect(self, text: str) -> None:
        if not self._take(text):
            raise self._unsupported()

    def expect_end(self) -> None:
        if self._peek() != END:
            raise self._unsupported()

    def _unsupported(self) -> AwsError:
        return invalid(f"Unsupported expression '{self._expression}'")

    @staticmethod
    def _unknown_column() -> AwsError:
        """Glue no longer names the column (measured by others: https://github.com/getmoto/moto/pull/9306)."""
        return invalid("Invalid partition expression!")


def _tokenize(expression: str) -> Sequence[Token]:
    tokens, at = list[Token](), 0
    text = expression.rstrip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None or found.lastgroup is None:
            raise invalid(f"Unsupported expression '{expression}'")
        tokens.append(Token(found.lastgroup, _unquoted(found.lastgroup, found[found.lastgroup])))
        at = found.end()
    return [*tokens, END]


def _unquoted(kind: str, text: str) -> str:
    if kind not in ("string", "quoted"):
        return text
    quote = text[0]
    return text[1:-1].replace(quote * 2, quote)
