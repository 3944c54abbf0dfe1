"""A stack's parameters: what is given, what was there before, what the template says by itself, and its rules."""

from typing import Any

import pytest

from boathouse.errors import AwsError
from boathouse.services.cloudformation.parameters import declare, settle

PREVIOUS = "Invalid input for parameter key A. Cannot specify usePreviousValue as true"


def given(**values: str) -> list[dict[str, Any]]:
    return [{"ParameterKey": name, "ParameterValue": value} for name, value in values.items()]


def test_given_before_previous_before_default() -> None:
    declared = declare({name: {"Type": "String", "Default": "default"} for name in ("A", "B", "C")})
    request = [*given(A="given"), {"ParameterKey": "B", "UsePreviousValue": True}]
    # documented(https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Parameter.html)
    assert settle(declared, request, {"A": "old", "B": "old", "C": "old"}) == {"A": "given", "B": "old", "C": "default"}


def test_lists_are_text_until_they_are_referred_to() -> None:
    declared = declare({"L": {"Type": "CommaDelimitedList"}, "N": {"Type": "List<Number>", "Default": "1,2"}})
    values = settle(declared, given(L="a, b,c"), {})
    assert values == {"L": "a, b,c", "N": "1,2"}
    # documented(.../parameters-section-structure.html): each member string is space-trimmed
    assert declared["L"].reference(values["L"]) == ["a", "b", "c"]
    assert declared["N"].reference(values["N"]) == ["1", "2"]


def test_a_default_may_be_any_scalar() -> None:
    declared = declare({"N": {"Type": "Number", "Default": 60}, "B": {"Type": "String", "Default": True}})
    assert settle(declared, [], {}) == {"N": "60", "B": "true"}


@pytest.mark.parametrize(
    ("rules", "value", "sentence"),
    [
        # documented(https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html)
        ({"AllowedValues": ["a", "b"]}, "c", "Parameter 'P' must be one of AllowedValues"),
        ({"AllowedPattern": "[a-z]+"}, "a1", "Parameter 'P' must match pattern [a-z]+"),
        ({"MinLength": 2}, "a", "Parameter 'P' must contain at least 2 characters"),
        ({"MaxLength": "2"}, "abc", "Parameter 'P' must contain at most 2 characters"),
        ({"Type": "Number"}, "x", "Parameter 'P' must be a number"),
        ({"Type": "Number", "MinValue": 60}, "59", "Parameter 'P' must be a number not less than 60"),
        ({"Type": "Number", "MaxValue": 9}, "9.5", "Parameter 'P' must be a number not greater than 9"),
        ({"Type": "List<Number>", "MinValue": 1}, "1,0", "Parameter 'P' must be a number not less than 1"),
        (
            {"AllowedPattern": "[a-z]+", "ConstraintDescription": "must be lower case"},
            "A",
            "Parameter P failed to satisfy constraint: must be lower case",
        ),
    ],
)
def test_a_rule_that_is_broken_says_which(rules: dict[str, Any], value: str, sentence: str) -> None:
    with pytest.raises(AwsError) as refused:
        settle(declare({"P": {"Type": "String", **rules}}), given(P=value), {})
    assert (refused.value.code, refused.value.message) == ("ValidationError", sentence)


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        # client(aws cli): awslabs and others match on this sentence; seen in many reports
        ([], "Parameters: [A, B] must have values"),
        (given(A="1", B="2", X="3"), "Parameters: [X] do not exist in the template"),
        (
            [{"ParameterKey": "A", "UsePreviousValue": True}],
            f"{PREVIOUS} for a parameter key not in the previous template",
        ),
        (
            [{"ParameterKey": "A", "UsePreviousValue": True, "ParameterValue": "1"}],
            f"{PREVIOUS} and a value at the same time",
        ),
    ],
)
def test_a_value_too_few_or_too_many_is_refused(request_: list[dict[str, Any]], sentence: str) -> None:
    with pytest.raises(AwsError) as refused:
        settle(declare({"A": {"Type": "String"}, "B": {"Type": "String"}}), request_, {})
    assert refused.value.message == sentence


@pytest.mark.parametrize(
    ("section", "sentence"),
    [
        (
            {"V": {"Type": "AWS::EC2::VPC::Id"}},
            "emulator: the type AWS::EC2::VPC::Id of the parameter V is not supported",
        ),
        (
            {"S": {"Type": "AWS::SSM::Parameter::Value<String>"}},
            "emulator: the type AWS::SSM::Parameter::Value<String> of the parameter S is not supported",
        ),
        ({"S": {}}, "Template format error: Every Parameters object must contain a Type member (S)."),
        ({"S": {"Type": "String", "Defualt": 1}}, "Invalid template parameter property 'Defualt'"),
        (["S"], "Template format error: Parameters must be a map of parameters."),
    ],
)
def test_a_declaration_that_is_none_is_refused(section: Any, sentence: str) -> None:
    with pytest.raises(AwsError) as refused:
        declare(section)
    assert refused.value.message.startswith(sentence)
