"""Documents name files that exist, link to pages that exist, and stay within their room."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "sql").rglob("*.md")]
PLACES = (ROOT, ROOT / "emulator" / "boathouse", ROOT / "docs")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text()):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_the_architecture_names_real_files() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    named = set(re.findall(r"`((?:[a-z_]+/)*[a-z_]+\.(?:py|sql|yaml))`", text))
    assert len(named) > 40
    missing = [name for name in sorted(named) if not any((place / name).exists() for place in PLACES)]
    assert missing == []


def test_contributing_is_read_in_one_go() -> None:
    assert len((ROOT / "CONTRIBUTING.md").read_text().splitlines()) < 80


def test_nothing_names_a_registry() -> None:
    for lock in (ROOT / "requirements").rglob("*.*"):
        assert "://" not in lock.read_text(), f"{lock.name} holds an address"
