"""Who does something where: made-up users, organisations and repositories, one bot among them."""

from dataclasses import dataclass, field

from pipelines.generator.dice import Crowd, Dice

FIRST = (
    "anna bela cora dana eiko femi gita hugo ines jona kaja luis mira nils olga pavo rosa sami tara ulla vito wim yara"
    " zeno"
).split()
LAST = (
    "abel berg costa dahl eko frank garcia haas ito jansen koval lund mori novak okoro pires roth sato toth weiss"
).split()
THINGS = (
    "anchor beacon bilge boom bow buoy cabin cleat compass deck dinghy fender galley harbor helm hull jib keel ketch"
    " lantern lock mast mooring oar pier pilot port reef rigging rudder sail sloop stern tide tiller wake winch yawl"
).split()
KINDS = "api app bot cli core css data docs engine kit lib map parser proxy server site test tools ui viewer".split()
BOT_SHARE = 0.09


@dataclass(eq=False)
class User:
    id: int
    login: str
    repos: "list[Repo]" = field(default_factory=list)

    @property
    def display_login(self) -> str:
        return self.login.removesuffix("[bot]")


@dataclass(eq=False)
class Repo:
    """``org`` owns it where there is one; its id never changes, its name may."""

    id: int
    owner: str
    short_name: str
    org: User | None

    @property
    def name(self) -> str:
        return f"{self.owner}/{self.short_name}"


class Population:
    """Grows as events come. ``next`` gives who acts and where."""

    def __init__(self, dice: Dice) -> None:
        self._dice = dice
        self._users: Crowd[User] = Crowd(dice)
        self._repos: Crowd[Repo] = Crowd(dice)
        self._orgs = [self._new_user(f"{thing}-works") for thing in THINGS[:12]]
        self.bot = self._new_user("shipshape[bot]")
        self._repos.add(self._new_repo(self._users.add(self._new_user())))

    def next(self) -> tuple[User, Repo]:
        if self._dice.chance(BOT_SHARE):
            return self.bot, self._repos.add(self._repos.again())
        user = self._users.add(self._new_user() if self._users.is_new() else self._users.again())
        return user, self._repos.add(self._repo_for(user))

    def _repo_for(self, user: User) -> Repo:
        if self._dice.chance(0.55):  # measured: actors own the repository in 55.2 % of events
            if not user.repos or self._dice.chance(0.1):
                return self._new_repo(user)
            return self._dice.pick(user.repos)
        if self._repos.is_new():
            return self._new_repo(self._users.again())
        repo = self._repos.again()
        if self._dice.chance(0.002):  # a rename or a transfer: the same id from now on under another name
            repo.short_name = self._short_name()
        return repo

    def _new_user(self, login: str | None = None) -> User:
        login = login or f"{self._dice.pick(FIRST)}-{self._dice.pick(LAST)}{self._dice.between(0, 999) or ''}"
        return User(self._dice.between(1_000, 230_000_000), login)

    def _new_repo(self, owner: User) -> Repo:
        org = self._dice.pick(self._orgs) if self._dice.chance(0.28) else None
        repo = Repo(self._dice.between(100_000, 1_070_000_000), (org or owner).login, self._short_name(), org)
        owner.repos.append(repo)
        return repo

    def _short_name(self) -> str:
        return f"{self._dice.pick(THINGS)}-{self._dice.pick(KINDS)}{self._dice.between(0, 40) or ''}"
