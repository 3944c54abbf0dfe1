"""Values for a model's shapes: such as a handler takes, and such as it should never have been sent. Knows no service.

A request whose values are all plausible gets past every check and into its handler; one that is hostile in a single
place shows that place. ``odds`` per hundred say how hostile a request is.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape
from hypothesis import strategies as st

Draw = Any  # hypothesis hands it to a composite; its type has no name
Names = Mapping[str, Sequence[str]]
"""Values that mean something to the platform under attack, by member; ``""`` has those for any."""

DEPTH = 6
TEXTS = (
    "", " ", "\x00", "a\x00b", "\x1b[2J", "\ud800", "\udfff\ud800", "\U0001f70d" * 40, "\ufeff", "\u202egnp", "İ",
    "ß", "ﬀ", "e\u0301", "²", "９", "٣", "../../etc/passwd", "/", "//", ".", "..", "\\", "%", "%00", "%zz", "%s%n",
    "${jndi:ldap://x/y}", "'", '"', "`", "'; DROP TABLE t; --", "\r\nX-Injected: 1", "\n", "\t", "a" * 257,
    "A" * 70_000, "-", "_", "*", "?", ",", "=", "&", "a=b", "a:b", "a/b", "a.b", "#", "<a>", "]]>", "&amp;", "arn:",
    "arn:aws:::::", "arn:aws:s3:::", "arn:aws:s3:::*", "arn:aws:kinesis:us-east-1:999999999999:stream/other",
    "arn:aws:lambda:us-east-1:000000000000:function:", "arn:aws:lambda:eu-west-1:999999999999:function:other:7:8",
    "arn:aws-cn:iam::1:role/x", "arn:aws:iam::000000000000:role/", "s3://", "s3:///key", "s3://bucket",
    "s3://../key", "s3a://b/k", "file:///etc/passwd", "http://[", "https://169.254.169.254/", "NaN", "Infinity",
    "-1", "0", "1e999", "0x10", "1_000", "9" * 25, "true", "null", "[]", "{}", "[" * 3000, '{"a":' * 3000,
    "9999-99-99T99:99:99Z", "0000-00-00", "2026-02-30T00:00:00Z", "!Ref x", "AAAA", "====", "LATEST", "$LATEST",
)  # fmt: skip
NUMBERS = (
    0, -1, 1, 2, 2**31 - 1, 2**31, 2**63 - 1, 2**63, -(2**63) - 1, 2**64, 10**400, -0.0, 0.5, 1e308, -1e308, 5e-324,
    float("nan"), float("inf"), float("-inf"), 253402300800, -62135596801,
)  # fmt: skip
OTHERS: tuple[Any, ...] = (None, True, False, [], {}, [[]], [None], {"": ""}, {"a": None}, [{}], b"", b"\xff\xfe")
PLAUSIBLE_TEXTS = (
    "a", "name-1", "name_2", "Name.3", "4", "ü", "日本", "\U0001f6f6", "it's", 'say "so"', "a b", "a/b", "a/../b",
    "a%2Fb", "%", "*", "${x}", "{{x}}", "a\tb", "a\nb", "<b>&amp;", "x" * 63, "y" * 255, "z" * 2000,
    "arn:aws:iam::000000000000:role/any", "arn:aws:iam::999999999999:role/other", "arn:aws:s3:::seed-bucket",
    "arn:aws:s3:::none", "s3://seed-bucket/seed/", "s3://none/x", "000000000000", "2026-01-01",
    "2026-01-01T00:00:00Z", "{}", "[]", "null", '{"a": 1}', "SELECT 1", "SELECT 1 AS a, 'x' AS b", "SELECT '", "1",
    "-1", "true",
)  # fmt: skip


@dataclass(frozen=True)
class Values:
    """``names`` and the models' enums are where plausible text comes from; ``fill`` is how many in a hundred of the
    members that may be left out are there, fewer the deeper."""

    names: Names
    odds: int = 0
    fill: int = 20

    def of(self, draw: Draw, shape: Shape, member: str, depth: int = 0) -> Any:
        if self._hostile(draw):
            return anything(draw)
        match shape:
            case StructureShape():
                return self.structure(draw, shape, depth)
            case ListShape():
                size = draw(st.sampled_from((1, 1, 1, 2, 3, 0)))
                return [self.of(draw, shape.member, member, depth + 1) for _ in range(size)]
            case MapShape():
                size = draw(st.sampled_from((1, 1, 2, 0)))
                keys = [self._text(draw, shape.key, f"{member}.key") for _ in range(size)]
                return {key: self.of(draw, shape.value, member, depth + 1) for key in keys}
        return self._scalar(draw, shape, member)

    def structure(self, draw: Draw, shape: StructureShape, depth: int = 0) -> dict[str, Any]:
        """With its required members, mostly, and some of the others."""
        found = {}
        union = draw(st.sampled_from(sorted(shape.members))) if shape.is_tagged_union and shape.members else None
        for name, member in shape.members.items():
            if union is not None:
                wanted = name == union
            elif name in shape.required_members:
                wanted = not self._hostile(draw)
            else:
                wanted = draw(st.integers(0, 99)) < self.fill >> depth // 2
            if wanted and depth <= DEPTH:
                found[name] = self.of(draw, member, name, depth + 1)
        if self._hostile(draw):
            found[draw(st.sampled_from(("", "Unknown", "__proto__", "name", "NAME", "a.b", "\x00")))] = anything(draw)
        return found

    def _scalar(self, draw: Draw, shape: Shape, member: str) -> Any:
        match shape.type_name:
            case "integer" | "long":
                low, high = (int(shape.metadata.get(bound, other)) for bound, other in (("min", 0), ("max", 1000)))
                return draw(st.sampled_from((low, high, *(value for value in (1, 2, 60, 128) if low <= value <= high))))
            case "float" | "double":
                return draw(st.sampled_from((0.0, 1.0, 0.5, -1.0, 10.0)))
            case "boolean":
                return draw(st.booleans())
            case "timestamp":
                return draw(st.sampled_from((0, 1767225600, 1767225600.123, 4102444800)))
            case "blob":
                return draw(st.sampled_from((b"", b"{}", b"\x00\xff", b"line\n", b"PK\x03\x04", b"x" * 3000)))
        return self._text(draw, shape, member)

    def _text(self, draw: Draw, shape: Shape, member: str) -> str:
        own = tuple(self.names.get(member, ()))
        if own and draw(st.integers(0, 9)) < 7:
            return str(draw(st.sampled_from(own)))
        return str(draw(st.sampled_from(_plausible(shape, own + tuple(self.names.get("", ()))))))

    def _hostile(self, draw: Draw) -> bool:
        return self.odds > 0 and draw(st.integers(0, 99)) < self.odds


@cache
def _plausible(shape: Shape, more: tuple[str, ...]) -> tuple[str, ...]:
    """What satisfies the shape, as far as that can be told; everything where nothing does."""
    if shape.enum:
        return tuple(shape.enum)
    low, high = int(shape.metadata.get("min", 0)), int(shape.metadata.get("max", 10_000))
    fitting = [text for text in (*more, *PLAUSIBLE_TEXTS) if low <= len(text) <= high and _matches(shape, text)]
    return tuple(fitting) or (*more, *PLAUSIBLE_TEXTS)


def _matches(shape: Shape, text: str) -> bool:
    pattern = shape.metadata.get("pattern")
    try:
        return pattern is None or re.fullmatch(pattern, text) is not None
    except re.error:  # Java's \p{L} and its like: what the front makes of it is seen when it is asked
        return True


def anything(draw: Draw) -> Any:
    """A value of any type, most of them such as have broken something somewhere."""
    kind = draw(st.integers(0, 9))
    if kind < 5:
        return draw(st.sampled_from(TEXTS))
    if kind < 7:
        return draw(st.sampled_from(NUMBERS))
    if kind < 8:
        return draw(st.sampled_from(OTHERS))
    if kind < 9:
        return draw(st.text(max_size=20))
    return _nested(draw(st.sampled_from((3, 60, 400))), draw(st.booleans()))


def _nested(depth: int, lists: bool) -> Any:
    value: Any = []
    for _ in range(depth):
        value = [value] if lists else {"a": value}
    return value
