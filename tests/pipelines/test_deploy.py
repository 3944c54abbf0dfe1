"""What deploy uploads: the same code is the same key, and the template takes what each profile gives."""

import io
import zipfile
from pathlib import Path

import pytest
import yaml

from pipelines import deploy
from pipelines.settings import PROFILES
from tests.sql.template import Template


@pytest.mark.parametrize("handler", deploy.HANDLERS.values(), ids=deploy.HANDLERS)
def test_a_zip_is_the_same_bytes_each_time_and_holds_its_handler(handler: Path) -> None:
    first = deploy.function_zip(handler)
    assert first == deploy.function_zip(handler)
    assert first.key.startswith(f"lambda/{handler.parent.name}-")
    with zipfile.ZipFile(io.BytesIO(first.body)) as archive:
        assert archive.namelist() == ["handler.py"]
        assert archive.read("handler.py") == handler.read_bytes()


def test_changed_code_has_another_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    handler = deploy.HANDLERS["PreprocessKey"]
    before = deploy.silver_script(), deploy.function_zip(handler)
    (tmp_path / "preprocess").mkdir()
    changed_script, changed_handler = tmp_path / deploy.SILVER_SCRIPT.name, tmp_path / "preprocess" / handler.name
    changed_script.write_bytes(deploy.SILVER_SCRIPT.read_bytes() + b"\n")
    changed_handler.write_bytes(handler.read_bytes() + b"\n")
    monkeypatch.setattr(deploy, "SILVER_SCRIPT", changed_script)
    after = deploy.silver_script(), deploy.function_zip(changed_handler)
    assert [one.key.partition("-")[0] for one in after] == [one.key.partition("-")[0] for one in before]
    assert all(old.key != new.key for old, new in zip(before, after, strict=True))


def test_secrets_come_from_the_environment() -> None:
    assert deploy.given_secrets({"PATH": "/bin", "SLACK_WEBHOOK_URL": ""}) == {}
    assert deploy.given_secrets({"SLACK_WEBHOOK_URL": "https://x"}) == {"SlackWebhookUrl": "https://x"}


@pytest.mark.parametrize("name", PROFILES)
def test_the_template_has_every_parameter_that_a_deployment_gives(name: str) -> None:
    parameters = yaml.load(deploy.TEMPLATE.read_text(), Template)["Parameters"]
    given = {*deploy.given_parameters(name), "ArtifactBucket", "SilverScriptKey", *deploy.HANDLERS}
    assert given <= set(parameters)
    assert {key for key, value in parameters.items() if "Default" not in value} <= given
