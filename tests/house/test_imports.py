"""Who may import whom, walked from the code: docs/architecture.md's table, held from the first day."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "emulator" / "boathouse"
LEAVES = {path.stem for path in PACKAGE.glob("*.py")} - {"app", "cli", "testing", "launch", "__main__", "__init__"}
LAYERS = {"wire", "gateway", "bases", "services", "lake", "dialects", "engines", "workers"}
MAY_IMPORT = {
    "gateway": {"wire"},
    "cli": {"launch", "workers"},
    "services": {"dialects", "lake", "engines", "workers"},
    **{layer: set[str]() for layer in ("wire", "bases", "lake", "dialects", "engines", "workers")},
}
LIBRARIES = {
    "botocore": ("wire", "cli"),
    "duckdb": ("engines/duckdb",),
    "boto3": ("cli", "testing.py", "workers/payload"),
    "pyspark": ("workers/payload", "testing.py"),
}


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide the direction"
            module = node.module or ""
            yield module
            if module == "boathouse" or module.startswith("boathouse."):
                yield from (f"{module}.{alias.name}" for alias in node.names)


def ours() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def place(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


@pytest.mark.parametrize("path", ours(), ids=place)
def test_layers_import_only_what_lies_beneath_them(path: Path) -> None:
    layer, _, rest = place(path).partition("/")
    if not rest:
        if layer.removesuffix(".py") in LEAVES:
            wrong = [name for name in imports(path) if name.startswith("boathouse.") and name.split(".")[1] in LAYERS]
            assert wrong == [], "a leaf imports nothing of ours but leaves"
        return
    if rest.startswith("payload/"):
        assert [name for name in imports(path) if name.startswith("boathouse")] == []
        return
    may_import = LEAVES | {"__version__", layer}
    for name in imports(path):
        parts = name.split(".")
        if parts[0] != "boathouse" or len(parts) == 1 or parts[1] in may_import:
            continue
        assert parts[1] in MAY_IMPORT[layer], f"{layer} must not import {name}"


@pytest.mark.parametrize("path", sorted((PACKAGE / "services").rglob("*.py")), ids=place)
def test_services_do_not_import_services(path: Path) -> None:
    own = place(path).split("/")[1]
    for name in imports(path):
        parts = name.split(".")
        if parts[:2] == ["boathouse", "services"] and len(parts) > 2:
            assert parts[2] == own, f"{own} must not import {name}: they ask each other with call"


@pytest.mark.parametrize("path", ours(), ids=place)
def test_libraries_stay_where_they_belong(path: Path) -> None:
    for name in imports(path):
        places = LIBRARIES.get(name.split(".")[0])
        assert places is None or place(path).startswith(places), f"{name} belongs in {places}"


@pytest.mark.parametrize("folder", ["pipelines", "dags", "infra", "sql"])
def test_the_reference_platform_does_not_know_the_emulator(folder: str) -> None:
    for path in (ROOT / folder).rglob("*.py"):
        wrong = [name for name in imports(path) if name.split(".")[0] == "boathouse"]
        assert wrong == [], f"{path.relative_to(ROOT)} knows the emulator"
