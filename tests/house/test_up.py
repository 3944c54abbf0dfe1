"""What `make up` says, without a Docker."""

from typing import Any

from compose import up

SERVICES: dict[str, Any] = {
    "emulator": {
        "image": "ours:1.0",
        "build": {"args": {"PYTHON_IMAGE": "python:3.11"}},
        "ports": [{"published": "4566"}],
    },
    "airflow": {
        "image": "ours-too:1.0",
        "build": {"args": {"AIRFLOW_IMAGE": "airflow:3"}},
        "ports": [{"published": "81"}],
    },
    "postgres": {"image": "postgres:17"},
    "slack": {"image": "slack:1.0", "build": {}, "ports": [{"published": "8090"}]},
}


def test_what_is_pulled_is_what_runs_as_it_is_and_what_ours_are_still_to_be_built_on() -> None:
    assert up.pulled(SERVICES, lambda _: False) == {"python:3.11", "airflow:3", "postgres:17"}
    assert up.pulled(SERVICES, {"ours:1.0"}.__contains__) == {"airflow:3", "postgres:17"}


def test_how_large_an_image_is_stands_in_its_manifest() -> None:
    # documented(https://docs.docker.com/reference/cli/docker/manifest/inspect/): a list with --verbose, one a platform
    def of(architecture: str, kind: str, *sizes: int) -> dict[str, Any]:
        layers = [{"digest": "sha256:0", "size": size} for size in sizes]
        return {"Descriptor": {"platform": {"architecture": architecture, "os": "linux"}}, kind: {"layers": layers}}

    both = [of("arm64", "OCIManifest", 7), of("amd64", "SchemaV2Manifest", 1, 2)]
    assert up.layers(both, "amd64") == 3
    assert up.layers(both, "arm64") == 7
    assert up.layers(both, "riscv64") is None
    assert up.layers({"SchemaV2Manifest": {"layers": [{"size": 5}]}}, "amd64") == 5


def test_a_first_run_says_how_much_comes_or_that_nobody_knows() -> None:
    assert "pulls 1.5 GB of images" in up.first_run(["a:1", "b:1"], [500_000_000, 1_000_000_000])
    unknown = up.first_run(["a:1", "b:1"], [500_000_000, None])
    assert "does not say how large" in unknown
    assert "500 MB" in unknown


def test_the_table_says_where_everything_is() -> None:
    said = up.table(SERVICES, "a-password")
    for part in ("http://127.0.0.1:4566", "http://127.0.0.1:81 ", "admin / a-password", "http://127.0.0.1:8090"):
        assert part in said


def test_a_bases_file_is_read_last() -> None:
    assert up.env_files("minio")[-2:] == ["--env-file", "compose/bases/minio.env"]
    assert up.BASES == ["minio", "ministack"]
