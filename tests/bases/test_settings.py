"""Which addresses a platform goes by, and how a base's keys reach its process."""

from pathlib import Path

import pytest

from boathouse.errors import StartError
from boathouse.settings import BaseUrl, Settings

KEYS = {"BOATHOUSE_BASE_S3_ACCESS_KEY": "minio", "BOATHOUSE_BASE_S3_SECRET_KEY": "hidden"}


@pytest.mark.parametrize(
    ("host", "endpoint"),
    [
        ("127.0.0.1", "http://127.0.0.1:4566"),
        ("0.0.0.0", "http://127.0.0.1:4566"),
        ("::", "http://[::1]:4566"),
        ("::1", "http://[::1]:4566"),
        ("192.0.2.7", "http://192.0.2.7:4566"),
    ],
)
def test_engines_and_workers_reach_what_is_listened_on(host: str, endpoint: str) -> None:
    settings = Settings(host=host)
    assert settings.endpoint == endpoint
    assert settings.tls_endpoint == endpoint.replace("http", "https").replace("4566", "4567")
    assert settings.callback == endpoint


def test_a_callback_of_its_own_is_a_name_of_the_platforms() -> None:
    settings = Settings(host="0.0.0.0", callback_url="http://emulator:4566")
    assert settings.callback == "http://emulator:4566"
    assert "emulator" in settings.host_names


def test_keys_travel_in_the_environment_and_nowhere_else() -> None:
    bases = {"s3": BaseUrl("http://minio:9000", "minio", "hidden"), "": BaseUrl("http://localstack:4566")}
    settings = Settings(bases=bases)
    assert settings.base_keys() == KEYS
    assert "hidden" not in settings.to_json() + repr(settings)
    arrived = Settings.from_json(settings.to_json())
    assert arrived.bases["s3"] == BaseUrl("http://minio:9000")
    assert arrived.with_base_keys(KEYS) == settings


def test_keys_of_the_base_of_all_services() -> None:
    settings = Settings(bases={"": BaseUrl("http://base:1"), "cognito-idp": BaseUrl("http://other:1")})
    environ = {"BOATHOUSE_BASE_ACCESS_KEY": "a", "BOATHOUSE_BASE_COGNITO_IDP_ACCESS_KEY": "b"}
    assert {name: base.access_key for name, base in settings.with_base_keys(environ).bases.items()} == {
        "": "a", "cognito-idp": "b",
    }  # fmt: skip


def test_keys_in_files(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hidden\n")
    settings = Settings(bases={"s3": BaseUrl("http://minio:9000")})
    environ = {
        "BOATHOUSE_BASE_S3_ACCESS_KEY": "minio",
        "BOATHOUSE_BASE_S3_ACCESS_KEY_FILE": "",
        "BOATHOUSE_BASE_S3_SECRET_KEY_FILE": str(tmp_path / "secret"),
    }
    assert settings.with_base_keys(environ).base_keys() == KEYS
    with pytest.raises(StartError, match=r"BOATHOUSE_BASE_S3_SECRET_KEY_FILE: .*/gone cannot be read"):
        settings.with_base_keys(environ | {"BOATHOUSE_BASE_S3_SECRET_KEY_FILE": str(tmp_path / "gone")})
