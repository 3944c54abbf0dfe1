"""The index of services, read from the first bytes of each model."""

import pytest

from boathouse.wire.models import error_shapes, loader, metadata, operation_model, service_model, services
from boathouse.wire.names import by_scope


def test_it_has_every_service_that_botocore_has() -> None:
    assert services() == loader().list_available_services("service-2")


# mediapackage's model is written with white space and does not begin with its metadata; s3 has extras beside it
@pytest.mark.parametrize(
    "service", ["s3", "glue", "cloudwatch", "mediapackage", "apigatewayv2", "sqs", "stepfunctions"]
)
def test_it_says_what_the_whole_model_says(service: str) -> None:
    whole, known = loader().load_service_model(service, "service-2")["metadata"], metadata()[service]
    assert known.endpoint_prefix == whole["endpointPrefix"]
    assert known.signing_name == whole.get("signingName", whole["endpointPrefix"])
    assert known.target_prefix == whole.get("targetPrefix", "")
    assert known.api_version == whole["apiVersion"]
    assert known.protocol == whole["protocol"]
    assert known.query_compatible == ("awsQueryCompatible" in whole)


# client(botocore): the signing name of each service's endpoint, from its models
@pytest.mark.parametrize(
    ("scope", "service"),
    [
        ("s3", "s3"),
        ("s3express", "s3"),
        ("s3-outposts", "s3outposts"),
        ("monitoring", "cloudwatch"),
        ("states", "stepfunctions"),
        ("logs", "logs"),
        ("ses", "ses"),
        ("email", "ses"),
        ("rds", "rds"),
        ("lambda", "lambda"),
        ("kinesis", "kinesis"),
        ("firehose", "firehose"),
        ("redshift-data", "redshift-data"),
        ("execute-api", "apigatewaymanagementapi"),
        ("elasticloadbalancing", "elb"),
        ("ecr", "ecr"),
    ],
)
def test_a_scope_leads_to_the_service_of_that_name_first(scope: str, service: str) -> None:
    assert by_scope(scope)[0].service == service


def test_what_botocore_does_not_have_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="nothing"):
        service_model("nothing")
    with pytest.raises(KeyError, match="Frobnicate"):
        operation_model("s3", "Frobnicate")


def test_errors_are_found_by_their_code_and_by_their_shape() -> None:
    # client(botocore): iam's NoSuchEntityException has the code NoSuchEntity
    assert error_shapes("iam")["NoSuchEntity"] is error_shapes("iam")["NoSuchEntityException"]
