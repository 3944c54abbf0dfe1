"""What deploy uploads: the same code is the same key, and the template takes what each profile gives."""

import io
import zipfile
from pathlib import Path

import pytest
import yaml

from pipelines import deploy
from pipelines.settings import PROFILES
from tests.sql.template import Template


def test_the_zip_is_the_same_bytes_each_time_and_holds_the_handler(monkeypatch: pytest.MonkeyPatch) -> None:
    first = deploy.preprocess_zip()
    assert first == deploy.preprocess_zip()
    with zipfile.ZipFile(io.BytesIO(first.body)) as archive:
        assert archive.namelist() == ["handler.py"]
        assert archive.read("handler.py") == deploy.HANDLER.read_bytes()


def test_changed_code_has_another_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = deploy.silver_script(), deploy.preprocess_zip()
    for name in ("SILVER_SCRIPT", "HANDLER"):
        changed = tmp_path / getattr(deploy, name).name
        changed.write_bytes(getattr(deploy, name).read_bytes() + b"\n")
        monkeypatch.setattr(deploy, name, changed)
    after = deploy.silver_script(), deploy.preprocess_zip()
    assert [one.key.partition("-")[0] for one in after] == [one.key.partition("-")[0] for one in before]
    assert all(old.key != new.key for old, new in zip(before, after, strict=True))


@pytest.mark.parametrize("name", PROFILES)
def test_the_template_has_every_parameter_that_a_deployment_gives(name: str) -> None:
    parameters = yaml.load(deploy.TEMPLATE.read_text(), Template)["Parameters"]
    given = {*deploy.given_parameters(name), "ArtifactBucket", "PreprocessKey", "SilverScriptKey"}
    assert given <= set(parameters)
    assert {key for key, value in parameters.items() if "Default" not in value} <= given
