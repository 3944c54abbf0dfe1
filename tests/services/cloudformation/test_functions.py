"""What CloudFormation's functions give, one at a time: pure values, no stack.

documented(https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html)
"""

from typing import Any

import pytest

from boathouse.errors import AwsError
from boathouse.services.cloudformation.documents import read
from boathouse.services.cloudformation.functions import NO_VALUE, UNKNOWN, Environment, Known, resolve, truth
from boathouse.services.cloudformation.mentions import chosen, mentions

RESOURCES = {
    "Key": Known("key-1", {"Arn": "arn:key-1"}),
    "New": Known(UNKNOWN, None),
}
ENVIRONMENT = Environment(
    names={"Env": "dev", "List": ["a", "b"], "Count": "3", "AWS::Region": "eu-west-1"},
    resources=RESOURCES.__getitem__,
    mappings={"Sizes": {"dev": {"shards": 1, "names": ["x", "y"]}}},
    conditions={
        "Dev": {"Fn::Equals": [{"Ref": "Env"}, "dev"]},
        "Prod": {"Fn::Not": [{"Condition": "Dev"}]},
    },
)


def value(text: str) -> Any:
    return resolve(read(f"v: {text}")["v"], ENVIRONMENT)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("!Ref Env", "dev"),
        ("!Ref List", ["a", "b"]),
        ("!Ref Key", "key-1"),
        ("!GetAtt Key.Arn", "arn:key-1"),
        ("!Sub ${Env}-${AWS::Region}-${Key}-${Key.Arn}", "dev-eu-west-1-key-1-arn:key-1"),
        # documented(...-sub.html): ${!Literal} resolves to ${Literal}; Firehose's !{...} is none of its business
        ("!Sub dt=${!dt}/${Env}/!{timestamp:yyyy}", "dt=${dt}/dev/!{timestamp:yyyy}"),
        ('!Sub ["${n}-${Env}", {n: !GetAtt Key.Arn, Env: own}]', "arn:key-1-own"),
        ("!Sub n${Count}", "n3"),
        ('!Join [":", [a, !Ref Env, 7, true]]', "a:dev:7:true"),
        ('!Join ["", !Ref List]', "ab"),
        ("!If [Dev, yes-it-is, no]", "yes-it-is"),
        ("!If [Prod, 1, 2]", 2),
        ("!Select [1, !Ref List]", "b"),
        ('!Select ["0", !Split ["/", "x/y"]]', "x"),
        ('!Split [",", "a,,b"]', ["a", "", "b"]),
        ("!FindInMap [Sizes, !Ref Env, shards]", 1),
        ("!FindInMap [Sizes, dev, names]", ["x", "y"]),
        ("!Base64 {'Fn::Sub': '${Env}'}", "ZGV2"),
        ("{a: !Ref AWS::NoValue, b: [1, !If [Prod, 2, !Ref AWS::NoValue]]}", {"b": [1]}),
        # What is made of something that does not exist yet is not known either.
        ("!Ref New", UNKNOWN),
        ("!Sub x-${New.Arn}", UNKNOWN),
        ('!Join ["-", [a, !GetAtt New.Arn]]', UNKNOWN),
        ('!Select [0, !Split [":", !GetAtt New.Arn]]', UNKNOWN),
        ("!Base64 {Ref: New}", UNKNOWN),
    ],
)
def test_a_function_gives_its_value(text: str, expected: Any) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("!Ref [a]", "Template error: every Ref object must have a single String value."),
        ("!GetAtt Key", "Template error: every Fn::GetAtt object requires two non-empty parameters"),
        ("!Sub [a]", "Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments."),
        ("!Sub ${List}", "Template error: variable List in Fn::Sub expression does not resolve to a string"),
        ("!Join [a]", "Template error: every Fn::Join object requires two parameters"),
        ('!Join [",", [[a]]]', "Template error: every Fn::Join object requires two parameters"),
        ("!If [Dev, 1]", "Template error: Fn::If requires a list argument with three parameters"),
        ("!Select [2, [a, b]]", "Template error: Fn::Select cannot select nonexistent value at index 2"),
        ("!Select [x, [a, b]]", "Template error: Fn::Select requires a list argument with two elements"),
        ('!Split ["", a]', "Template error: every Fn::Split object requires two parameters"),
        ("!FindInMap [Sizes, prod, shards]", "Template error: Unable to get mapping for Sizes::prod::shards"),
        ("!FindInMap [Sizes]", "Template error: Fn::FindInMap requires a list argument with three parameters"),
        # assumed: our own sentence, by the function's name
        ("!Cidr [a, 1, 2]", "emulator: the function Fn::Cidr is not supported"),
    ],
)
def test_a_wrong_argument_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(AwsError) as refused:
        value(text)
    assert (refused.value.code, refused.value.message[: len(sentence)]) == ("ValidationError", sentence)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("!Equals [!Ref Env, dev]", True),
        ("!Equals [!Ref Count, 3]", True),
        ("!Equals [true, 'true']", True),
        ("!Equals [a, A]", False),
        ("!Equals [!Join ['', !Ref List], ab]", True),
        ("!Not [!Equals [a, b]]", True),
        ("!And [!Condition Dev, !Not [!Condition Prod]]", True),
        ("!And [!Condition Dev, !Condition Prod]", False),
        ("!Or [!Condition Prod, !Condition Dev]", True),
        ("{Condition: Prod}", False),
    ],
)
def test_a_condition_holds_or_not(text: str, expected: bool) -> None:
    assert truth(read(f"v: {text}")["v"], ENVIRONMENT) is expected


@pytest.mark.parametrize("text", ["!Ref Env", "!And [!Condition Dev]", "!Not [a, b]", "dev", "!Equals [a]"])
def test_what_is_no_condition_is_refused(text: str) -> None:
    with pytest.raises(AwsError, match="Every Conditions member must be one of"):
        truth(read(f"v: {text}")["v"], ENVIRONMENT)


def test_mentions_are_of_all_branches_and_choice_leaves_one() -> None:
    node = read("v: {a: !If [Dev, !Ref A, !GetAtt B.Arn], b: !Sub ['${C.D.E}${!no}${x}${F}', {x: !Ref G}]}")["v"]
    named = [(mention.kind, mention.name, mention.attribute) for mention in mentions(node)]
    assert named == [
        ("Condition", "Dev", ""), ("Ref", "A", ""), ("GetAtt", "B", "Arn"),
        ("Ref", "G", ""), ("GetAtt", "C", "D.E"), ("Ref", "F", ""),
    ]  # fmt: skip
    assert chosen(node, ENVIRONMENT)["a"] == {"Ref": "A"}


def test_markers_are_no_values() -> None:
    assert repr(NO_VALUE) == "AWS::NoValue"
    assert NO_VALUE != UNKNOWN
