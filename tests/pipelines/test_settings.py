"""Profiles: local and compose need no environment and talk to nowhere else; aws is refused beside local.

What each of them really sends: test_aws_profile.py.
"""

from pathlib import Path

import boto3
import pytest

from pipelines.errors import NoPlatform, Refused
from pipelines.settings import Profile, of_this_process, profile

ENDPOINT = "http://127.0.0.1:4599"


def written(folder: Path, endpoint: str = ENDPOINT) -> Path:
    """The AWS profile as `boathouse up` writes it."""
    folder.mkdir(parents=True)
    (folder / "config").write_text(f"[profile boathouse]\nregion = eu-west-1\nendpoint_url = {endpoint}\n")
    (folder / "credentials").write_text(
        "[boathouse]\naws_access_key_id = 000000000000\naws_secret_access_key = local\n"
    )
    return folder


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder as the current one, in a checkout where nothing runs."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("pipelines.settings.ROOT", tmp_path / "checkout")
    return tmp_path


HOSTILE = {
    "AWS_ENDPOINT_URL": "https://s3.amazonaws.com",
    "AWS_ENDPOINT_URL_S3": "https://s3.amazonaws.com",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    "AWS_ACCESS_KEY_ID": "AKIAREALREALREALREAL",
    "AWS_SECRET_ACCESS_KEY": "real",
    "AWS_SESSION_TOKEN": "real",
    "AWS_PROFILE": "production",
    "AWS_REGION": "us-gov-west-1",
    "AWS_DEFAULT_REGION": "us-gov-west-1",
    "AWS_USE_FIPS_ENDPOINT": "true",
    "AWS_USE_DUALSTACK_ENDPOINT": "true",
    "HTTP_PROXY": "http://proxy.example.org:3128",
    "HTTPS_PROXY": "http://proxy.example.org:3128",
}


@pytest.mark.parametrize(
    "service", ["s3", "sts", "kinesis", "glue", "athena", "cloudformation", "lambda", "firehose", "logs"]
)
def test_whatever_lies_about_local_goes_to_the_platform(
    here: Path, monkeypatch: pytest.MonkeyPatch, service: str
) -> None:
    # documented(https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html): each of these would win
    # over a profile's endpoint_url, or redirect the request.
    written(here / ".boathouse" / "aws")
    for name, value in HOSTILE.items():
        monkeypatch.setenv(name, value)
    client = profile("local").client(service)
    assert client.meta.endpoint_url == ENDPOINT
    assert client.meta.region_name == "eu-west-1"
    assert client._request_signer._credentials.access_key == "000000000000"
    assert client._endpoint.http_session._proxy_config.proxy_url_for(ENDPOINT) is None


def test_local_finds_the_shells_platform_first_then_the_one_here_then_the_checkouts(here: Path) -> None:
    places = [here / "elsewhere" / "aws", here / ".boathouse" / "aws", here / "checkout" / ".boathouse" / "aws"]
    written(places[2], "http://127.0.0.1:3")
    assert profile("local", {}).endpoint == "http://127.0.0.1:3"
    written(places[1], "http://127.0.0.1:2")
    assert profile("local", {}).endpoint == "http://127.0.0.1:2"
    written(places[0], "http://127.0.0.1:1")
    assert profile("local", {"AWS_CONFIG_FILE": str(places[0] / "config")}).endpoint == "http://127.0.0.1:1"


def test_local_without_a_platform_says_how_to_start_one(here: Path) -> None:
    with pytest.raises(NoPlatform, match="boathouse up") as refused:
        profile("local", {"AWS_CONFIG_FILE": str(here / "none")})
    assert refused.value.exit_code == 3


@pytest.mark.parametrize("endpoint", ["https://s3.amazonaws.com", "http://10.0.0.7:4566", ""])
def test_local_is_refused_off_this_machine(here: Path, endpoint: str) -> None:
    written(here / ".boathouse" / "aws", endpoint)
    with pytest.raises(Refused, match="not on this machine"):
        profile("local", {})


@pytest.mark.parametrize("service", ["s3", "sts", "kinesis", "glue", "cloudformation"])
def test_whatever_lies_about_compose_goes_to_the_platform(
    here: Path, monkeypatch: pytest.MonkeyPatch, service: str
) -> None:
    for name, value in HOSTILE.items():
        monkeypatch.setenv(name, value)
    client = profile("compose", {}).client(service)
    assert client.meta.endpoint_url == "http://127.0.0.1:4566"
    assert client.meta.region_name == "us-east-1"
    credentials = client._request_signer._credentials
    assert (credentials.access_key, credentials.token) == ("000000000000", None)
    assert client._endpoint.http_session._proxy_config.proxy_url_for("http://127.0.0.1:4566") is None


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://127.0.0.1:4566", "http://localhost:4566", "http://emulator:4566", "http://172.18.0.3:4566",
        "https://emulator:4567", "http://host.docker.internal:4566", "http://[::1]:4566", "http://boathouse.localhost:1",
    ],
)  # fmt: skip
def test_compose_may_be_this_machine_or_a_container(here: Path, endpoint: str) -> None:
    assert profile("compose", {"AWS_ENDPOINT_URL": endpoint}).endpoint == endpoint


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://s3.amazonaws.com", "https://kinesis.eu-west-1.api.aws", "http://example.org:4566", "http://8.8.8.8",
        "http://169.254.169.254", "http://0.0.0.0:4566", "", "emulator:4566",
    ],
)  # fmt: skip
def test_compose_may_be_nowhere_else(here: Path, endpoint: str) -> None:
    with pytest.raises(Refused, match="neither this machine, nor a container"):
        profile("compose", {"AWS_ENDPOINT_URL": endpoint})


def test_aws_is_refused_in_a_shell_of_the_local_platform(here: Path) -> None:
    config = written(here / "aws") / "config"
    for environ in ({"AWS_PROFILE": "boathouse"}, {"AWS_CONFIG_FILE": str(config)}):
        with pytest.raises(Refused, match="boathouse env"):
            profile("aws", environ)


def test_aws_makes_no_client_that_talks_to_somewhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    environ = {"AWS_REGION": "eu-west-1"}
    assert profile("aws", environ).client("s3").meta.endpoint_url == "https://s3.eu-west-1.amazonaws.com"
    monkeypatch.setenv("AWS_ENDPOINT_URL_ATHENA", ENDPOINT)
    with pytest.raises(Refused, match=f"would talk to {ENDPOINT}"):
        profile("aws", environ).client("athena")


def test_aws_wants_a_region(here: Path) -> None:
    with pytest.raises(Refused, match="no region"):
        profile("aws", {})


def test_a_client_elsewhere_is_refused_even_if_boto3_made_it(monkeypatch: pytest.MonkeyPatch) -> None:
    session = boto3.Session()
    elsewhere = session.client("sts", region_name="us-east-1", endpoint_url="http://127.0.0.1:1")
    monkeypatch.setattr(session, "client", lambda *_, **__: elsewhere)
    with pytest.raises(Refused, match=f"and not to {ENDPOINT}"):
        Profile("local", session, "us-east-1", ENDPOINT).client("sts")


def test_an_unknown_profile_is_named() -> None:
    with pytest.raises(Refused, match="no profile 'prod': choose one of local, compose, aws"):
        profile("prod")


def test_a_process_is_of_the_profile_that_its_environment_names_and_of_aws_where_it_names_none(here: Path) -> None:
    written(here / ".boathouse" / "aws")
    assert of_this_process({"PIPELINES_PROFILE": "local"}).endpoint == ENDPOINT
    assert of_this_process({"AWS_REGION": "eu-west-1"}).name == "aws"
    with pytest.raises(Refused, match="choose one of local, compose, aws"):
        of_this_process({"PIPELINES_PROFILE": "mwaa"})
