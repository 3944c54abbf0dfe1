"""What an operation would change, before it changes anything: a change set's list, and whether there is anything to do.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from boathouse.errors import AwsError
from boathouse.services.cloudformation.blueprint import Blueprint
from boathouse.services.cloudformation.documents import gap, invalid
from boathouse.services.cloudformation.functions import UNKNOWN, Known, canonical
from boathouse.services.cloudformation.resources.base import ResourceType, Values, at
from boathouse.services.cloudformation.stack import Member
from boathouse.services.cloudformation.template import Resource

Replacement = Literal["True", "False", "Conditional"]
Types = Mapping[str, ResourceType]


@dataclass(frozen=True, slots=True)
class Change:
    """``properties``: the top-level ones that change. ``scope``: Properties, DeletionPolicy..."""

    action: Literal["Add", "Modify", "Remove"]
    logical_id: str
    type: str
    physical_id: str = ""
    replacement: Replacement | None = None
    scope: tuple[str, ...] = ()
    properties: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    changes: list[Change]
    outputs: list[dict[str, Any]]


def plan(blueprint: Blueprint, members: Mapping[str, Member], types: Types) -> Plan:
    """Compares what is to be with what is; refuses what AWS would, and what we cannot change in place, by name."""
    living = {name: member for name, member in members.items() if not member.is_gone}
    _check_types(blueprint, living)
    views: dict[str, Known] = {}
    changes: list[Change] = []
    for name in blueprint.order:
        wanted = blueprint.properties(name, views.__getitem__)
        change = _change(blueprint.resources[name], wanted, living.get(name), types)
        member = living.get(name)
        if member is None or (change is not None and change.replacement in ("True", "Conditional")):
            views[name] = Known(UNKNOWN, None)
        else:
            views[name] = Known(member.now.physical_id, member.now.attributes)
        if change is not None:
            changes.append(change)
    removed = (member for name, member in living.items() if name not in blueprint.resources)
    changes += [Change("Remove", gone.logical_id, gone.type, gone.now.physical_id) for gone in removed]
    return Plan(changes, blueprint.stack_outputs(views.__getitem__))


def _check_types(blueprint: Blueprint, living: Mapping[str, Member]) -> None:
    """https://repost.aws/knowledge-center/cloudformation-update-resource-type"""
    other = [name for name, body in blueprint.resources.items() if name in living and living[name].type != body.type]
    if other:
        raise invalid(
            "Update of resource type is not permitted. The new template modifies resource type of the following"
            f" resources: [{', '.join(other)}]"
        )


def _change(resource: Resource, wanted: Values, member: Member | None, types: Types) -> Change | None:
    if member is None:
        return Change("Add", resource.logical_id, resource.type)
    changed = changed_properties(member.now.properties, wanted)
    type_ = types[resource.type]
    replacement = replaced(type_, member.now.properties, wanted)
    if replacement == "False" and (refusal := fixed(type_, resource.logical_id, changed)) is not None:
        raise refusal
    scope = [
        part
        for part, differs in (
            ("Properties", bool(changed)),
            ("DeletionPolicy", resource.deletion_policy != member.deletion_policy),
            ("UpdateReplacePolicy", resource.update_replace_policy != member.replace_policy),
            ("Metadata", resource.metadata != member.metadata),
        )
        if differs
    ]
    if not scope:
        return None
    named = (resource.logical_id, resource.type, member.now.physical_id)
    return Change("Modify", *named, replacement, tuple(scope), tuple(changed))


def fixed(type_: ResourceType, logical_id: str, changed: list[str]) -> AwsError | None:
    """Why a change cannot be made in place here."""
    found = sorted(type_.fixed & set(changed))
    if not found:
        return None
    return gap(f"a change of {found[0]} of {type_.type} ({logical_id})", "delete it and make it anew")


def changed_properties(old: Values, new: Values) -> list[str]:
    names = dict.fromkeys([*new, *old])
    return [name for name in names if canonical(old.get(name)) != canonical(new.get(name))]


def replaced(type_: ResourceType, old: Values, new: Values) -> Replacement:
    """Whether the change asks for another resource: Conditional where a value is known only once it is made."""
    verdict: Replacement = "False"
    for path in type_.replaces:
        before, after = canonical(at(old, path)), canonical(at(new, path))
        if before != after:
            if not has_unknown(after):
                return "True"
            verdict = "Conditional"
    return verdict


def has_unknown(value: Any) -> bool:
    if isinstance(value, (dict, list)):
        return any(has_unknown(inner) for inner in (value.values() if isinstance(value, dict) else value))
    return value is UNKNOWN
