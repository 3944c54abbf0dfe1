"""What a person sees while a run works: bars on a terminal, lines elsewhere, always on stderr. And how long it took."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn


@dataclass
class Step:
    """A piece of work under way."""

    bars: Progress
    task: TaskID

    def advance(self, by: int = 1) -> None:
        self.bars.advance(self.task, by)

    def say(self, text: str) -> None:
        self.bars.console.print(f"  {text}", highlight=False, markup=False)


@dataclass
class Reporter:
    """``seconds`` holds how long each finished step took, in the order in which they began."""

    console: Console = field(default_factory=lambda: Console(stderr=True))
    seconds: dict[str, float] = field(default_factory=dict)
    _began: float = field(default_factory=time.monotonic)

    @property
    def in_all(self) -> float:
        """Seconds since there was something to report, the time between steps included."""
        return time.monotonic() - self._began

    @contextmanager
    def step(self, name: str, total: int | None = None) -> Iterator[Step]:
        """One step at a time; its name is what the run's record calls it."""
        began = time.monotonic()
        self.seconds[name] = 0.0
        counted = (BarColumn(), MofNCompleteColumn()) if total is not None else ()
        columns = (SpinnerColumn(), TextColumn("{task.description}"), *counted, TimeElapsedColumn())
        bars = Progress(*columns, console=self.console, transient=True, disable=not self.console.is_terminal)
        with bars:
            yield Step(bars, bars.add_task(name, total=total))
        self.seconds[name] = time.monotonic() - began
        self.console.print(f"[green]✓[/] {name} [dim]{self.seconds[name]:.1f} s[/]", highlight=False)
