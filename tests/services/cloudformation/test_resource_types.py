"""The resource types against AWS's own schemas of them, as cfn-lint carries them: nothing is made up or misspelled."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

from boathouse.services import cloudformation
from boathouse.services.cloudformation.resources import resource_types
from boathouse.services.cloudformation.resources.base import ResourceType
from boathouse.services.cloudformation.resources.shapes import Group, Many, Scalar, Shape

TYPES = resource_types()
BY_NAME = pytest.mark.parametrize("type_", TYPES.values(), ids=TYPES.keys())
KINDS = {
    "String": {"string"},
    "Integer": {"integer", "number"},  # some schemas say number of what can only be whole
    "Number": {"number"},
    "Boolean": {"boolean"},
}


def schema_of(type_: ResourceType) -> dict[str, Any]:
    schema: dict[str, Any] = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", type_.type).schema
    return schema


def resolved(node: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        node = schema["definitions"][node["$ref"].rpartition("/")[2]]
    return node


def disagreements(shape: Shape, node: dict[str, Any], schema: dict[str, Any], path: str) -> Iterator[str]:
    node = resolved(node, schema)
    kinds = node.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    match shape:
        case Group():
            for name, inner in shape.fields.items():
                if name not in node.get("properties", {}):
                    yield f"{path}/{name} is unknown to AWS"
                else:
                    yield from disagreements(inner, node["properties"][name], schema, f"{path}/{name}")
            if path and (missing := set(node.get("required", [])) - shape.required):
                yield f"{path} requires {missing}"
        case Many():
            if "array" not in kinds:
                yield f"{path} is no list but {kinds}"
            else:
                yield from disagreements(shape.of, node["items"], schema, f"{path}/*")
        case Scalar():
            if not KINDS[shape.kind] & set(kinds):
                yield f"{path} is no {shape.kind} but {kinds}"


@BY_NAME
def test_every_property_is_one_of_awss(type_: ResourceType) -> None:
    # documented(https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html)
    schema = schema_of(type_)
    assert list(disagreements(type_.properties, schema, schema, "")) == []


@BY_NAME
def test_what_aws_requires_is_required(type_: ResourceType) -> None:
    required = set(schema_of(type_).get("required", []))
    assert type_.properties.required == required | ONE_WAY_HERE.get(type_.type, set())


# AWS has others: Iceberg's way to describe a table, other destinations, alarms on what a PromQL query finds.
ONE_WAY_HERE = {
    "AWS::CloudWatch::Alarm": {"ComparisonOperator", "EvaluationPeriods"},
    "AWS::Glue::Table": {"TableInput"},
    "AWS::KinesisFirehose::DeliveryStream": {"ExtendedS3DestinationConfiguration"},
}


@BY_NAME
def test_what_replaces_a_resource_is_what_aws_says(type_: ResourceType) -> None:
    schema = schema_of(type_)
    documented = {
        path.removeprefix("/properties/").replace("/", ".") for path in schema.get("createOnlyProperties", [])
    }
    ours = {path for path in documented if path.split(".")[0] in type_.properties.fields}
    assert type_.replaces == ours | REPLACES_BY_THE_PAGE.get(type_.type, set())


# documented: where the type's page says "Update requires: Replacement" and its schema does not say so
REPLACES_BY_THE_PAGE = {
    # .../aws-resource-glue-database.html and -glue-table.html: the name is the identity
    "AWS::Glue::Database": {"CatalogId", "DatabaseInput.Name"},
    "AWS::Glue::SecurityConfiguration": {"EncryptionConfiguration"},
}


@BY_NAME
def test_attributes_are_awss(type_: ResourceType) -> None:
    schema = schema_of(type_)
    readable = {path.removeprefix("/properties/") for path in schema.get("readOnlyProperties", [])}
    assert type_.attribute_names() <= readable


@BY_NAME
def test_names_are_made_within_the_types_limits(type_: ResourceType) -> None:
    naming = type_.naming
    if naming is None or naming.property is None or "." in naming.property:
        return
    documented = schema_of(type_)["properties"][naming.property].get("maxLength")
    assert documented is None or naming.limit <= documented
    made = naming.make("a-stack-with-a-rather-long-name" * 5, "ALogicalIdThatIsLongToo" * 4)
    assert len(made) <= naming.limit
    assert made == made.lower() or not naming.lower


def test_a_made_name_says_whose_it_is() -> None:
    naming = TYPES["AWS::IAM::Role"].naming
    assert naming is not None
    # documented(.../aws-properties-name.html): stack, logical id and a random part
    stack, logical, tail = naming.make("lake", "JobRole").split("-")
    assert (stack, logical, len(tail)) == ("lake", "JobRole", 12)


def test_the_coverage_page_names_every_type() -> None:
    assert cloudformation.__doc__ is not None
    assert set(re.findall(r"AWS::\w+::\w+", cloudformation.__doc__)) == set(TYPES)
