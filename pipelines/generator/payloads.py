"""What each type of event carries, in GitHub's format since 2015 and in the trimmed one since 2025-10-09."""

from collections.abc import Callable
from typing import Any, NamedTuple

from pipelines.generator.dice import Dice, Weighted
from pipelines.generator.population import Repo, User

Payload = dict[str, Any]


class Scene(NamedTuple):
    """Who does it where, and whether in the trimmed format."""

    dice: Dice
    user: User
    repo: Repo
    trimmed: bool


Maker = Callable[[Scene], Payload]

SINCE_2015 = Weighted(
    {
        "PushEvent": 53.1, "CreateEvent": 12.9, "WatchEvent": 9.3, "PullRequestEvent": 6.0, "IssueCommentEvent": 5.0,
        "IssuesEvent": 3.6, "ForkEvent": 3.0, "DeleteEvent": 2.9, "PullRequestReviewEvent": 2.0, "ReleaseEvent": 0.7,
        "PullRequestReviewCommentEvent": 0.7, "MemberEvent": 0.4, "PublicEvent": 0.2, "GollumEvent": 0.2,
    }
)  # fmt: skip
SINCE_OCTOBER_2025 = Weighted(
    {
        "PushEvent": 74.0, "CreateEvent": 9.8, "DeleteEvent": 4.3, "PullRequestEvent": 4.0, "IssueCommentEvent": 2.4,
        "IssuesEvent": 2.0, "WatchEvent": 1.7, "PullRequestReviewEvent": 1.0, "ForkEvent": 0.5, "ReleaseEvent": 0.3,
    }
)  # fmt: skip
BRANCHES = ("main", "develop", "fix/leak", "feature/sails", "release/2.x", "gh-pages")
WORDS = (
    "add bail bend caulk check clean drop fix hoist join lash lift load merge mend move name note pack paint patch"
    " raise read reef scrub set sort stow tie trim turn update use wash wrap write"
).split()
OBJECTS = ("the sails", "a leak", "tests", "the README", "ropes", "Ölzeug", "船", "the 🧭", "a “quoted” name", "types")


def make(event_type: str, scene: Scene) -> Payload:
    return MAKERS[event_type](scene)


def _sentence(dice: Dice) -> str:
    return f"{dice.pick(WORDS)} {dice.pick(OBJECTS)}"


def _text(dice: Dice) -> str:
    return "\n".join(_sentence(dice) for _ in range(dice.between(1, 12)))


def _person(user: User) -> Payload:
    return {"login": user.login, "id": user.id, "type": "Bot" if user.login.endswith("[bot]") else "User"}


def _push(scene: Scene) -> Payload:
    dice, user, repo, trimmed = scene.dice, scene.user, scene.repo, scene.trimmed
    ref, head, before = f"refs/heads/{dice.pick(BRANCHES)}", dice.hex(40), dice.hex(40)
    push_id = 20_000_000_000 + dice.below(1 << 30)
    if trimmed:
        return {"repository_id": repo.id, "push_id": push_id, "ref": ref, "head": head, "before": before}
    size = 0 if dice.chance(0.18) else dice.between(1, 24)
    commits = [
        {
            "sha": dice.hex(40),
            "author": {"email": f"{dice.hex(40)}@example.org", "name": user.display_login},
            "message": _sentence(dice),
            "distinct": dice.chance(0.9),
            "url": f"https://api.github.com/repos/{repo.name}/commits/{head[:12]}",
        }
        for _ in range(min(size, 20))
    ]
    distinct = sum(commit["distinct"] is True for commit in commits)
    return {
        "repository_id": repo.id, "push_id": push_id, "size": size, "distinct_size": distinct, "ref": ref,
        "head": head, "before": before, "commits": commits,
    }  # fmt: skip


def _create(scene: Scene) -> Payload:
    dice = scene.dice
    ref_type = CREATED.roll(dice)
    ref = None if ref_type == "repository" else dice.pick(BRANCHES) if ref_type == "branch" else f"v1.{dice.below(40)}"
    return {
        "ref": ref, "ref_type": ref_type, "master_branch": "main",
        "description": None if dice.chance(0.4) else _sentence(dice), "pusher_type": "user",
    }  # fmt: skip


def _delete(scene: Scene) -> Payload:
    dice = scene.dice
    ref_type = "branch" if dice.chance(0.91) else "tag"
    return {"ref": dice.pick(BRANCHES), "ref_type": ref_type, "pusher_type": "user"}


def _issue(scene: Scene) -> Payload:
    dice, user, repo = scene.dice, scene.user, scene.repo
    number = dice.between(1, 4000)
    return {
        "url": f"https://api.github.com/repos/{repo.name}/issues/{number}", "id": dice.below(1 << 31),
        "number": number, "title": _sentence(dice), "user": _person(user), "labels": [], "state": "open",
        "comments": dice.between(0, 30), "body": None if dice.chance(0.1) else _text(dice),
    }  # fmt: skip


def _issues(scene: Scene) -> Payload:
    dice = scene.dice
    return {"action": ISSUE_ACTIONS.roll(dice), "issue": _issue(scene)}


def _issue_comment(scene: Scene) -> Payload:
    dice, user = scene.dice, scene.user
    comment = {"id": dice.below(1 << 31), "user": _person(user), "body": _text(dice)}
    return {"action": "created", "issue": _issue(scene), "comment": comment}


def _pull_request(scene: Scene) -> Payload:
    dice, user, repo, trimmed = scene.dice, scene.user, scene.repo, scene.trimmed
    number = dice.between(1, 4000)
    side = {"ref": dice.pick(BRANCHES), "sha": dice.hex(40), "repo": {"id": repo.id, "name": repo.short_name}}
    pull = {
        "url": f"https://api.github.com/repos/{repo.name}/pulls/{number}", "id": dice.below(1 << 31), "number": number,
        "head": side, "base": side | {"ref": "main"},
    }  # fmt: skip
    if not trimmed:
        pull |= {"title": _sentence(dice), "user": _person(user), "body": _text(dice), "merged": dice.chance(0.4)}
    return {"action": PULL_ACTIONS.roll(dice), "number": number, "pull_request": pull}


def _review(scene: Scene) -> Payload:
    dice, user = scene.dice, scene.user
    review = {"id": dice.below(1 << 31), "user": _person(user), "body": _text(dice), "state": "approved"}
    return _pull_request(scene) | {"action": "created", "review": review}


def _review_comment(scene: Scene) -> Payload:
    dice, user = scene.dice, scene.user
    comment = {"id": dice.below(1 << 31), "user": _person(user), "body": _text(dice), "path": "src/keel.py"}
    return _pull_request(scene) | {"action": "created", "comment": comment}


def _fork(scene: Scene) -> Payload:
    dice, user, repo = scene.dice, scene.user, scene.repo
    forkee = {"id": dice.below(1 << 30), "name": repo.short_name, "full_name": f"{user.login}/{repo.short_name}"}
    return {"forkee": forkee | {"owner": _person(user), "description": _sentence(dice), "fork": True}}


def _release(scene: Scene) -> Payload:
    dice, user = scene.dice, scene.user
    tag = f"v{dice.below(4)}.{dice.below(40)}"
    return {"action": "published", "release": {"tag_name": tag, "author": _person(user), "body": _text(dice)}}


def _member(scene: Scene) -> Payload:
    user = scene.user
    return {"member": _person(user), "action": "added"}


def _gollum(scene: Scene) -> Payload:
    dice = scene.dice
    return {"pages": [{"page_name": "Home", "title": "Home", "action": "edited", "sha": dice.hex(40)}]}


CREATED = Weighted({"branch": 55.7, "repository": 36.7, "tag": 7.6})
ISSUE_ACTIONS = Weighted({"opened": 61.3, "closed": 36.9, "reopened": 1.8})
PULL_ACTIONS = Weighted({"opened": 53.8, "closed": 45.4, "reopened": 0.8})
MAKERS: dict[str, Maker] = {
    "CreateEvent": _create,
    "DeleteEvent": _delete,
    "ForkEvent": _fork,
    "GollumEvent": _gollum,
    "IssueCommentEvent": _issue_comment,
    "IssuesEvent": _issues,
    "MemberEvent": _member,
    "PublicEvent": lambda _: {},
    "PullRequestEvent": _pull_request,
    "PullRequestReviewCommentEvent": _review_comment,
    "PullRequestReviewEvent": _review,
    "PushEvent": _push,
    "ReleaseEvent": _release,
    "WatchEvent": lambda _: {"action": "started"},
}
