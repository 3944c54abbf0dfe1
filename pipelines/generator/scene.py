"""What the makers of events are given: who does something, where and when; and the values that all formats share."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from pipelines.generator.dice import Dice
from pipelines.generator.population import Repo, User

APPS_SINCE = datetime(2017, 5, 1, tzinfo=UTC)  # until then no login ended in [bot]
BRANCHES = ("main", "develop", "fix/leak", "feature/sails", "release/2.x", "gh-pages")
WORDS = (
    "add bail bend caulk check clean drop fix hoist join lash lift load merge mend move name note pack paint patch"
    " raise read reef scrub set sort stow tie trim turn update use wash wrap write"
).split()
OBJECTS = ("the sails", "a leak", "tests", "the README", "ropes", "Ölzeug", "船", "the 🧭", "a “quoted” name", "types")
Payload = dict[str, Any]


class Scene(NamedTuple):
    dice: Dice
    user: User
    repo: Repo
    at: datetime

    @property
    def login(self) -> str:
        return self.user.login if self.at >= APPS_SINCE else self.user.display_login


Maker = Callable[[Scene], Payload]
Makers = Mapping[str, Maker]


def sentence(dice: Dice) -> str:
    return f"{dice.pick(WORDS)} {dice.pick(OBJECTS)}"


def text(dice: Dice) -> str:
    return "\n".join(sentence(dice) for _ in range(dice.between(1, 12)))


def email(dice: Dice) -> str:
    """Hashed before the @, as GH Archive does."""
    return f"{dice.hex(40)}@example.org"
