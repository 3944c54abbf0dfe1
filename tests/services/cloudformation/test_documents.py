"""Template text to data: the forms that AWS documents, and what it says of text that it cannot read."""

import pytest

from boathouse.errors import AwsError
from boathouse.services.cloudformation.documents import read


def test_short_forms_are_the_long_forms() -> None:
    # documented(https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html)
    assert read(
        """
        a: !Ref X
        b: !GetAtt Key.Arn
        c: !GetAtt [Key, Arn]
        d: !Sub "${X}-y"
        e: !Sub ["${a}", {a: !Ref X}]
        f: !Join [":", [a, !Ref b]]
        g: !If [C, 1, !Ref AWS::NoValue]
        h: !Select [0, !Split [",", "a,b"]]
        i: !And [!Condition A, !Not [!Condition B]]
        j: !FindInMap [M, k, v]
        k: !Base64 text
        """
    ) == {
        "a": {"Ref": "X"},
        "b": {"Fn::GetAtt": ["Key", "Arn"]},
        "c": {"Fn::GetAtt": ["Key", "Arn"]},
        "d": {"Fn::Sub": "${X}-y"},
        "e": {"Fn::Sub": ["${a}", {"a": {"Ref": "X"}}]},
        "f": {"Fn::Join": [":", ["a", {"Ref": "b"}]]},
        "g": {"Fn::If": ["C", 1, {"Ref": "AWS::NoValue"}]},
        "h": {"Fn::Select": [0, {"Fn::Split": [",", "a,b"]}]},
        "i": {"Fn::And": [{"Condition": "A"}, {"Fn::Not": [{"Condition": "B"}]}]},
        "j": {"Fn::FindInMap": ["M", "k", "v"]},
        "k": {"Fn::Base64": "text"},
    }


@pytest.mark.parametrize(
    "text", ["a: {Fn::GetAtt: Key.Arn.More}", '{"a": {"Fn::GetAtt": "Key.Arn.More"}}', "a: !GetAtt Key.Arn.More"]
)
def test_an_attribute_may_have_dots_and_getatt_may_be_text(text: str) -> None:
    # documented(.../intrinsic-function-reference-getatt.html): the full function takes a string in YAML
    assert read(text) == {"a": {"Fn::GetAtt": ["Key", "Arn.More"]}}


def test_scalars_are_what_they_look_like_but_dates_are_text() -> None:
    # documented(.../template-formats.html): timestamps are no type of its YAML
    text = "Version: 2012-10-17\nn: 7\nf: 5.1\nb: true\nt: '7'\nz: null"
    assert read(text) == {"Version": "2012-10-17", "n": 7, "f": 5.1, "b": True, "t": "7", "z": None}


def test_json_is_read_as_json() -> None:
    assert read(' {"Resources": {"A": {"Type": "T", "Properties": {"n": 1.0}}}}') == {
        "Resources": {"A": {"Type": "T", "Properties": {"n": 1.0}}}
    }


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        # documented(https://repost.aws/knowledge-center/cloudformation-template-format-error)
        ("a: [1, 2", "Template format error: YAML not well-formed. (line "),
        # documented(.../intrinsic-function-reference.html): no two functions in short form in a row
        ("a: !Base64 !Sub x", "Template format error: YAML not well-formed. (line 1, column 12)"),
        ("a: b: c", "Template format error: YAML not well-formed. (line 1, column 5)"),
        ('{"a": }', "Template format error: JSON not well-formed. (line 1, column 7)"),
        ("just text", "Template format error: unsupported structure."),
        ("", "Template format error: unsupported structure."),
        # documented(.../UserGuide/template-formats.html): aliases and hash merges are not supported
        ("a: &x {b: 1}\nc: *x", "Template error: YAML aliases are not allowed in CloudFormation templates"),
        ("a: {<<: {b: 1}}", "Template format error: YAML not well-formed. (line 1, column 5)"),
        ("? [1]\n: 2", "Template format error: YAML not well-formed. (line 1, column 3)"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(text: str, sentence: str) -> None:
    with pytest.raises(AwsError) as refused:
        read(text)
    assert refused.value.code == "ValidationError"
    assert refused.value.message.startswith(sentence)
