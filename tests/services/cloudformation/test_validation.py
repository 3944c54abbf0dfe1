"""What is wrong with a template is said before anything is made: AWS's sentence, or ours with the name of the gap."""

import pytest

from boathouse.context import Scope
from boathouse.errors import AwsError
from boathouse.services.cloudformation.blueprint import Blueprint
from boathouse.services.cloudformation.functions import Known
from boathouse.services.cloudformation.parameters import settle
from boathouse.services.cloudformation.resources import resource_types
from boathouse.services.cloudformation.template import parse
from boathouse.services.cloudformation.validation import check, check_capabilities, required_capability

SCOPE: Scope = ("123456789012", "eu-west-1")
TYPES = resource_types()
NO_RESOURCES_THERE = (
    "Template format error: Unresolved dependencies [B]. Cannot reference resources in the Conditions block"
)
CIRCLE = """
Resources:
  A: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref C}}
  C: {Type: AWS::S3::Bucket, DependsOn: A}
"""
CONDITIONAL = """
Conditions: {Never: !Equals [a, b]}
Resources:
  A: {Type: AWS::S3::Bucket, Condition: Never}
  C: {Type: AWS::S3::Bucket, %s}
"""
LAKE = """
Parameters: {Name: {Type: String}}
Conditions: {Big: !Equals [!Ref Name, big]}
Resources:
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties: {Bucket: !Ref B, PolicyDocument: {Resource: !GetAtt B.Arn}}
  B:
    Type: AWS::S3::Bucket
    DependsOn: K
    Properties: {BucketName: !If [Big, !Ref K, !Sub "${Name}-${AWS::AccountId}-${AWS::Region}"]}
  K: {Type: AWS::KMS::Key}
Outputs:
  Bucket: {Value: !Ref B, Description: d, Export: {Name: !Sub "${AWS::StackName}-b"}}
  Gone: {Value: x, Condition: Big}
  Id: {Value: !Ref AWS::StackId}
"""
BUCKET = "Resources: {B: {Type: 'AWS::S3::Bucket'}}"


def blueprint(text: str, **parameters: str) -> Blueprint:
    template = parse(text)
    check(template, TYPES)
    given = [{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()]
    return Blueprint(template, settle(template.parameters, given, {}), SCOPE, "stack", "arn:stack")


def refusal(text: str) -> str:
    """The sentence with which a template is refused, by itself or once its conditions are settled."""
    with pytest.raises(AwsError) as refused:
        blueprint(text)
    assert refused.value.code == "ValidationError"
    return refused.value.message


def resource(body: str) -> str:
    return f"Resources:\n  R: {{{body}}}\n  B: {{Type: 'AWS::S3::Bucket'}}"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        # documented(https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html)
        ("Resources: {}", "Template format error: At least one Resources member must be defined."),
        ("Description: x", "Template format error: At least one Resources member must be defined."),
        ("Resources: [a]", "Template format error: Resources section must be a map."),
        (f"{BUCKET}\nOther: 1", "Invalid template property or properties [Other]"),
        (
            f"AWSTemplateFormatVersion: 2011-01-01\n{BUCKET}",
            "Template format error: Unrecognized template format version.",
        ),
        ("Resources: {a-b: {Type: X}}", "Template format error: Resource name a-b is non alphanumeric."),
        (
            "Resources: {A: {Properties: {}}}",
            "Template format error: [/Resources/A] Every Resources object must contain",
        ),
        (resource("Type: 'AWS::S3::Bucket', Propertys: {}"), "Invalid template resource property 'Propertys'"),
        (resource("Type: 'AWS::S3::Bucket', Properties: [1]"), "Template format error: Properties must be an object."),
        (
            f"{BUCKET}\nOutputs: {{O: {{}}}}",
            "Template format error: Every Outputs member must contain a Value object (O).",
        ),
        (f"{BUCKET}\nOutputs: {{O: {{Value: 1, Valeu: 2}}}}", "Invalid template output property 'Valeu'"),
        (f"{BUCKET}\nOutputs: {{O: {{Value: 1, Export: x}}}}", "Template format error: Output O is malformed."),
    ],
)
def test_a_template_that_is_none(text: str, sentence: str) -> None:
    assert refusal(text).startswith(sentence)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        # documented(https://repost.aws/knowledge-center/cloudformation-template-validation)
        (
            resource("Type: 'AWS::S3::Bucket', Properties: {BucketName: !Ref X}"),
            "Template format error: Unresolved resource dependencies [X] in the Resources block of the template",
        ),
        (
            resource("Type: 'AWS::S3::Bucket', Properties: {BucketName: !Sub 'a-${X}'}"),
            "Template format error: Unresolved resource dependencies [X] in the Resources block of the template",
        ),
        (
            resource("Type: 'AWS::S3::Bucket', DependsOn: [B, X]"),
            "Template format error: Unresolved resource dependencies [X] in the Resources block of the template",
        ),
        (
            f"{BUCKET}\nOutputs: {{O: {{Value: !Ref X}}}}",
            "Template format error: Unresolved resource dependencies [X] in the Outputs block of the template",
        ),
        (
            resource("Type: 'AWS::S3::Bucket', Properties: {BucketName: !GetAtt X.Arn}"),
            "Template error: instance of Fn::GetAtt references undefined resource X",
        ),
        (
            resource("Type: 'AWS::S3::Bucket', Condition: C"),
            "Template format error: Unresolved condition dependency C in the Resources block of the template",
        ),
        (
            f"{BUCKET}\nConditions: {{A: !Equals [!Ref B, x]}}",
            f"{NO_RESOURCES_THERE} of the template",
        ),
        (
            f"{BUCKET}\nConditions: {{A: !Not [Condition: Z]}}",
            "Template format error: Unresolved condition dependency Z in the Conditions block of the template",
        ),
        (
            f"{BUCKET}\nConditions: {{A: !Not [Condition: Z], Z: !Not [Condition: A]}}",
            "Template format error: Found circular condition dependency: A -> Z -> A",
        ),
        (
            resource("Type: 'AWS::S3::Bucket', Properties: {BucketName: !FindInMap [M, a, b]}"),
            "Template error: Mapping named 'M' is not present in the 'Mappings' section",
        ),
        (
            CIRCLE,
            "Circular dependency between resources: [A, C]",
        ),
        (
            CONDITIONAL % "Properties: {BucketName: !Ref A}",
            "Template format error: Unresolved resource dependencies [A] in the Resources block of the template",
        ),
    ],
)
def test_a_name_that_nothing_has(text: str, sentence: str) -> None:
    assert refusal(text) == sentence


@pytest.mark.parametrize(
    ("text", "gap"),
    [
        (resource("Type: 'AWS::EC2::VPC'"), "the resource type AWS::EC2::VPC (R)"),
        (
            resource("Type: 'AWS::S3::Bucket', Properties: {ReplicationConfiguration: {}}"),
            "the property ReplicationConfiguration of AWS::S3::Bucket (R)",
        ),
        (
            resource("Type: 'AWS::S3::Bucket', Properties: {LifecycleConfiguration: {Rules: [{TagFilters: []}]}}"),
            "the property LifecycleConfiguration.Rules.0.TagFilters of AWS::S3::Bucket (R)",
        ),
        (
            "Conditions: {C: !Equals [a, a]}\n"
            + resource("Type: 'AWS::S3::Bucket', Properties: {Tags: !If [C, [{Kee: 1}], []]}"),
            "the property Tags.0.Kee of AWS::S3::Bucket (R)",
        ),
        (
            resource("Type: 'AWS::S3::Bucket', Properties: {BucketName: {'Fn::ImportValue': x}}"),
            "the function Fn::ImportValue in the resource R",
        ),
        (
            resource("Type: 'AWS::S3::Bucket', Properties: {BucketName: '{{resolve:ssm:x}}'}"),
            "the dynamic reference in the resource R",
        ),
        (
            resource("Type: 'AWS::S3::Bucket', Properties: {BucketName: !GetAtt B.WebsiteURL}"),
            "the attribute WebsiteURL of AWS::S3::Bucket (B) in Fn::GetAtt",
        ),
        (
            resource("Type: 'AWS::S3::Bucket', Properties: {BucketName: !Ref 'AWS::NotificationARNs'}"),
            "the pseudo parameter AWS::NotificationARNs",
        ),
        (resource("Type: 'AWS::S3::Bucket', UpdatePolicy: {}"), "the attribute UpdatePolicy of the resource R"),
        (resource("Type: 'AWS::S3::Bucket', DeletionPolicy: Snapshot"), "DeletionPolicy 'Snapshot' of the resource R"),
        (f"Transform: AWS::Serverless-2016-10-31\n{BUCKET}", "the template section Transform"),
        (f"{BUCKET}\nOutputs: {{O: {{Value: !Cidr [a, 1, 2]}}}}", "the function Fn::Cidr in the output O"),
        (
            f"{BUCKET}\nConditions: {{C: !Equals [!ImportValue x, a]}}",
            "the function Fn::ImportValue in the condition C",
        ),
    ],
)
def test_a_gap_of_ours_is_refused_by_its_name(text: str, gap: str) -> None:
    # assumed: the sentence is the emulator's own
    assert refusal(text).startswith(f"emulator: {gap} is not supported; ")


def test_dependson_a_resource_that_is_not_to_be_asks_for_nothing() -> None:
    # assumed: AWS ignores it
    assert blueprint(CONDITIONAL % "DependsOn: A").graph == {"C": set()}


def test_a_blueprint_knows_order_properties_and_outputs() -> None:
    lake = blueprint(LAKE, Name="small")
    made = {"B": Known("the-bucket", {"Arn": "arn:b"}), "K": Known("k", {})}
    assert lake.order == ["K", "B", "Policy"]
    assert lake.properties("B", made.__getitem__) == {"BucketName": "small-123456789012-eu-west-1"}
    assert lake.properties("Policy", made.__getitem__)["PolicyDocument"] == {"Resource": "arn:b"}
    assert lake.stack_outputs(made.__getitem__) == [
        {"OutputKey": "Bucket", "OutputValue": "the-bucket", "Description": "d", "ExportName": "stack-b"},
        {"OutputKey": "Id", "OutputValue": "arn:stack"},
    ]


ROLE = "Resources: {R: {Type: 'AWS::IAM::Role', Properties: {AssumeRolePolicyDocument: {}, %s}}}"


@pytest.mark.parametrize(
    ("text", "needed", "enough"),
    [
        # documented(https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html)
        (BUCKET, None, [[]]),
        (ROLE % "Path: /", "CAPABILITY_IAM", [["CAPABILITY_IAM"], ["CAPABILITY_NAMED_IAM"]]),
        (ROLE % "RoleName: r", "CAPABILITY_NAMED_IAM", [["CAPABILITY_NAMED_IAM", "CAPABILITY_IAM"]]),
    ],
)
def test_capabilities(text: str, needed: str | None, enough: list[list[str]]) -> None:
    template = parse(text)
    assert required_capability(template, TYPES)[0] == needed
    for given in enough:
        check_capabilities(template, TYPES, given)
    if needed is not None:
        too_little: list[list[str]] = [[], ["CAPABILITY_AUTO_EXPAND"]]
        if needed == "CAPABILITY_NAMED_IAM":
            too_little.append(["CAPABILITY_IAM"])
        for given in too_little:
            with pytest.raises(AwsError) as refused:
                check_capabilities(template, TYPES, given)
            assert refused.value.code == "InsufficientCapabilitiesException"
            assert refused.value.message == f"Requires capabilities : [{needed}]"
