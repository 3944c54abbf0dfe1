"""A template's parameters: what it declares, and the values that a stack gets for them.

Values are text, as AWS keeps them; ``reference`` is what Ref makes of one.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from boathouse.services.cloudformation.documents import gap, invalid

TYPES = frozenset({"String", "Number", "CommaDelimitedList", "List<Number>"})
LISTS = frozenset({"CommaDelimitedList", "List<Number>"})
ATTRIBUTES = frozenset(
    {"Type", "Default", "NoEcho", "AllowedValues", "AllowedPattern", "MinLength", "MaxLength", "MinValue", "MaxValue"}
    | {"Description", "ConstraintDescription"}
)


def text(value: Any) -> str:
    """A scalar as CloudFormation writes it: booleans in lower case, numbers as they were."""
    return str(value).lower() if isinstance(value, bool) else str(value)


@dataclass(frozen=True, slots=True)
class Declaration:
    """One entry of Parameters. ``rules`` holds the attributes as they are written."""

    name: str
    type: str
    rules: Mapping[str, Any]

    @property
    def default(self) -> str | None:
        return None if "Default" not in self.rules else text(self.rules["Default"])

    @property
    def no_echo(self) -> bool:
        return text(self.rules.get("NoEcho", "false")) == "true"

    @property
    def description(self) -> str | None:
        return self.rules.get("Description")

    def reference(self, value: str) -> str | list[str]:
        return [part.strip() for part in value.split(",")] if self.type in LISTS else value

    def check(self, value: str) -> None:
        """Refuses a value that breaks the declaration's rules, in AWS's words."""
        broken = next(self._broken(value), None)
        if broken is None:
            return
        if (constraint := self.rules.get("ConstraintDescription")) is not None:
            raise invalid(f"Parameter {self.name} failed to satisfy constraint: {constraint}")
        raise invalid(f"Parameter '{self.name}' {broken}")

    def _broken(self, value: str) -> Iterator[str]:
        parts = self.reference(value)
        for part in parts if isinstance(parts, list) else [parts]:
            yield from self._broken_by(part)

    def _broken_by(self, value: str) -> Iterator[str]:
        rules = self.rules
        if "Number" in self.type and not re.fullmatch(r"[+-]?\d+(\.\d+)?", value):
            yield "must be a number"
            return
        if "AllowedValues" in rules and value not in [text(allowed) for allowed in rules["AllowedValues"]]:
            yield "must be one of AllowedValues"
        if "AllowedPattern" in rules and not re.fullmatch(text(rules["AllowedPattern"]), value):
            yield f"must match pattern {rules['AllowedPattern']}"
        if "MinLength" in rules and len(value) < int(rules["MinLength"]):
            yield f"must contain at least {rules['MinLength']} characters"
        if "MaxLength" in rules and len(value) > int(rules["MaxLength"]):
            yield f"must contain at most {rules['MaxLength']} characters"
        if "MinValue" in rules and float(value) < float(rules["MinValue"]):
            yield f"must be a number not less than {rules['MinValue']}"
        if "MaxValue" in rules and float(value) > float(rules["MaxValue"]):
            yield f"must be a number not greater than {rules['MaxValue']}"


def declare(section: Any) -> dict[str, Declaration]:
    """The Parameters section; refuses types and attributes that it does not know, by name."""
    if not isinstance(section, Mapping):
        raise invalid("Template format error: Parameters must be a map of parameters.")
    return {name: _declaration(name, rules) for name, rules in section.items()}


def _declaration(name: str, rules: Any) -> Declaration:
    if not isinstance(rules, Mapping) or "Type" not in rules:
        raise invalid(f"Template format error: Every Parameters object must contain a Type member ({name}).")
    if rules["Type"] not in TYPES:
        raise gap(f"the type {rules['Type']} of the parameter {name}", f"use one of {', '.join(sorted(TYPES))}")
    if unknown := sorted(rules.keys() - ATTRIBUTES):
        raise invalid(f"Invalid template parameter property '{unknown[0]}'")
    return Declaration(name, rules["Type"], rules)


def settle(
    declarations: Mapping[str, Declaration], given: Sequence[Mapping[str, Any]], previous: Mapping[str, str]
) -> dict[str, str]:
    """Each declared parameter's value: the one given, the previous one where asked for, else the default.

    ``given`` is the request's Parameters, ``previous`` what the stack has. Refuses in AWS's words.
    """
    named = {entry["ParameterKey"]: entry for entry in given}
    if unknown := [name for name in named if name not in declarations]:
        raise invalid(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    found = {name: _value(declaration, named.get(name, {}), previous) for name, declaration in declarations.items()}
    if missing := [name for name, value in found.items() if value is None]:
        raise invalid(f"Parameters: [{', '.join(missing)}] must have values")
    values = {name: value for name, value in found.items() if value is not None}
    for name, value in values.items():
        declarations[name].check(value)
    return values


def _value(declaration: Declaration, entry: Mapping[str, Any], previous: Mapping[str, str]) -> str | None:
    if not entry.get("UsePreviousValue"):
        value = entry.get("ParameterValue")
        return declaration.default if value is None else str(value)
    trouble = f"Invalid input for parameter key {declaration.name}. Cannot specify usePreviousValue as true "
    if "ParameterValue" in entry:
        raise invalid(f"{trouble}and a value at the same time")
    if declaration.name not in previous:
        raise invalid(f"{trouble}for a parameter key not in the previous template")
    return previous[declaration.name]
