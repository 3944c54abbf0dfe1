"""The page at the end: every number of the run on it, and names as they are."""

import io

from rich.console import Console

from pipelines import report
from pipelines.accounting import Equation
from pipelines.ingest import Ingested
from pipelines.runs import IN_ALL, Outcome

DAYS = ["2025-10-08", "2025-10-09"]
EQUATION = Equation(
    produced=1100, found=1099, refused=1, copies=1101, silver=1000, duplicates=62, quarantined=37, redelivered=2
)  # fmt: skip
ANSWERS = report.Answers(
    row_counts=[["raw_events", "1064"], ["fact_events", "940"]],
    top_repositories=[["bow-works/bow-core9", "1089"], ["x/y", None]],
    most_active_users=[["shipshape[bot]", "880"], ["rosa", "1"]],
    event_types_by_day=[["PushEvent", DAYS[0], "600"], ["PushEvent", DAYS[1], "300"], ["WatchEvent", DAYS[1], "100"]],
)


def page(equation: Equation, days: list[str], answers: report.Answers = ANSWERS) -> list[str]:
    outcome = Outcome("r1", "all", "2026-01-01T00:00:00+00:00", [Ingested("a" * 64, "a.json", 1100, 1, days, "r1")])
    outcome.equation = equation
    outcome.seconds = {"deploy": 1.25, "Silver: the Glue job": 4.5, IN_ALL: 9.75}
    written = io.StringIO()
    report.show(Console(file=written, width=120), outcome, answers)
    return written.getvalue().splitlines()


def line_with(lines: list[str], text: str) -> str:
    (found,) = [line for line in lines if text in line]
    return found


def test_every_line_is_on_the_page() -> None:
    lines = page(EQUATION, DAYS)
    assert "Every line is accounted for" in lines[0]
    assert "1,100  lines in 1 file, events of 2025-10-08 to 2025-10-09" in lines[1]
    for number, text in (("1,000", "in Silver"), ("62", "duplicates"), ("37", "quarantined"), ("2", "delivered again")):
        assert number in line_with(lines, text)
    assert "1  too large" in line_with(lines, "oversize")


def test_an_equation_that_does_not_close_is_not_called_closed() -> None:
    lines = page(Equation(1100, 1099, 0, 1101, 1000, 62, 37, 2), DAYS)
    assert "Lines are missing" in lines[0]


def test_answers_are_ranked_with_bars_to_scale() -> None:
    lines = page(EQUATION, DAYS)
    first = line_with(lines, "bow-works/bow-core9")
    assert "1,089" in first
    assert "shipshape[bot]  880" in first
    pushes, watches = line_with(lines, "PushEvent"), line_with(lines, "WatchEvent")
    assert pushes.split()[1:3] == ["600", "300"]
    assert watches.split()[1:3] == ["0", "100"]
    assert pushes.count(report.BAR) == report.BAR_WIDTH
    assert watches.count(report.BAR) == round(report.BAR_WIDTH / 9)


def test_says_where_the_time_went() -> None:
    lines = page(EQUATION, DAYS)
    assert "4.5 s" in line_with(lines, "Silver: the Glue job")
    assert "9.8 s" in line_with(lines, IN_ALL)


def test_of_many_days_the_last_are_shown() -> None:
    days = [f"2025-09-{day:02}" for day in range(1, 29)] + DAYS
    header = line_with(page(EQUATION, days), "2025-09-28")
    assert header.split() == [*days[-report.DAYS_SHOWN :]]


def test_names_drive_neither_the_terminal_nor_the_page() -> None:
    names = ["[/red][bold]x", "\x1b[2J", "a\nb", "\u202egpj", "C:\\", "船🧭"]
    rows = [[name, DAYS[1], str(9 - n)] for n, name in enumerate(names)]
    ranked: list[list[str | None]] = [[name, "5"] for name in names]
    lines = page(EQUATION, DAYS, report.Answers([], ranked, ranked, [list(row) for row in rows]))
    for shown in ("[/red][bold]x", "\ufffd[2J", "a\ufffdb", "\ufffdgpj", "C:\\", "船🧭"):
        assert sum(f" {shown} " in line for line in lines) == 2, shown  # both rankings are on one line
    assert not any(character in line for line in lines for character in "\x1b\u202e")
