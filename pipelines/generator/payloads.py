"""What each type of event carries, in GitHub's format since 2015 and in the trimmed one since 2025-10-09."""

from datetime import UTC, datetime

from pipelines.generator.dice import Weighted
from pipelines.generator.population import User
from pipelines.generator.scene import BRANCHES, Makers, Payload, Scene, email, sentence, text

TRIMMED_SINCE = datetime(2025, 10, 9, tzinfo=UTC)
REPOSITORY_IN_PUSH_SINCE = datetime(2022, 1, 1, tzinfo=UTC)  # absent in 2021, present in 2024
SINCE_2015 = Weighted(
    {
        "PushEvent": 57.90, "CreateEvent": 12.05, "WatchEvent": 10.51, "IssueCommentEvent": 5.45,
        "PullRequestEvent": 3.56, "IssuesEvent": 3.33, "ForkEvent": 3.21, "DeleteEvent": 1.53, "GollumEvent": 0.73,
        "PullRequestReviewCommentEvent": 0.71, "ReleaseEvent": 0.39, "CommitCommentEvent": 0.31, "MemberEvent": 0.24,
        "PublicEvent": 0.07,
    }
)  # fmt: skip
SINCE_2020 = Weighted(
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


def make(event_type: str, scene: Scene) -> Payload:
    return MAKERS[event_type](scene)


def _person(user: User) -> Payload:
    return {"login": user.login, "id": user.id, "type": "Bot" if user.login.endswith("[bot]") else "User"}


def push(scene: Scene) -> Payload:
    dice, user, repo, trimmed = scene.dice, scene.user, scene.repo, scene.at >= TRIMMED_SINCE
    ref, head, before = f"refs/heads/{dice.pick(BRANCHES)}", dice.hex(40), dice.hex(40)
    push_id = 20_000_000_000 + dice.below(1 << 30)
    if trimmed:
        return {"repository_id": repo.id, "push_id": push_id, "ref": ref, "head": head, "before": before}
    size = 0 if dice.chance(0.18) else dice.between(1, 24)
    commits = [
        {
            "sha": dice.hex(40),
            "author": {"email": email(dice), "name": user.display_login},
            "message": sentence(dice),
            "distinct": dice.chance(0.9),
            "url": f"https://api.github.com/repos/{repo.name}/commits/{head[:12]}",
        }
        for _ in range(min(size, 20))
    ]
    distinct = sum(commit["distinct"] is True for commit in commits)
    return ({"repository_id": repo.id} if scene.at >= REPOSITORY_IN_PUSH_SINCE else {}) | {
        "push_id": push_id, "size": size, "distinct_size": distinct, "ref": ref,
        "head": head, "before": before, "commits": commits,
    }  # fmt: skip


def create(scene: Scene) -> Payload:
    dice = scene.dice
    ref_type = CREATED.roll(dice)
    ref = None if ref_type == "repository" else dice.pick(BRANCHES) if ref_type == "branch" else f"v1.{dice.below(40)}"
    return {
        "ref": ref, "ref_type": ref_type, "master_branch": "main",
        "description": None if dice.chance(0.4) else sentence(dice), "pusher_type": "user",
    }  # fmt: skip


def delete(scene: Scene) -> Payload:
    dice = scene.dice
    ref_type = "branch" if dice.chance(0.91) else "tag"
    return {"ref": dice.pick(BRANCHES), "ref_type": ref_type, "pusher_type": "user"}


def _issue(scene: Scene) -> Payload:
    dice, user, repo = scene.dice, scene.user, scene.repo
    number = dice.between(1, 4000)
    return {
        "url": f"https://api.github.com/repos/{repo.name}/issues/{number}", "id": dice.below(1 << 31),
        "number": number, "title": sentence(dice), "user": _person(user), "labels": [], "state": "open",
        "comments": dice.between(0, 30), "body": None if dice.chance(0.1) else text(dice),
    }  # fmt: skip


def issues(scene: Scene) -> Payload:
    dice = scene.dice
    return {"action": ISSUE_ACTIONS.roll(dice), "issue": _issue(scene)}


def _issue_comment(scene: Scene) -> Payload:
    dice, user = scene.dice, scene.user
    comment = {"id": dice.below(1 << 31), "user": _person(user), "body": text(dice)}
    return {"action": "created", "issue": _issue(scene), "comment": comment}


def _pull_request(scene: Scene) -> Payload:
    dice, user, repo, trimmed = scene.dice, scene.user, scene.repo, scene.at >= TRIMMED_SINCE
    number = dice.between(1, 4000)
    side = {"ref": dice.pick(BRANCHES), "sha": dice.hex(40), "repo": {"id": repo.id, "name": repo.short_name}}
    pull = {
        "url": f"https://api.github.com/repos/{repo.name}/pulls/{number}", "id": dice.below(1 << 31), "number": number,
        "head": side, "base": side | {"ref": "main"},
    }  # fmt: skip
    if not trimmed:
        pull |= {"title": sentence(dice), "user": _person(user), "body": text(dice), "merged": dice.chance(0.4)}
    return {"action": PULL_ACTIONS.roll(dice), "number": number, "pull_request": pull}


def _review(scene: Scene) -> Payload:
    dice, user = scene.dice, scene.user
    review = {"id": dice.below(1 << 31), "user": _person(user), "body": text(dice), "state": "approved"}
    return {"action": "created", "pull_request": _pull_request(scene)["pull_request"], "review": review}


def _review_comment(scene: Scene) -> Payload:
    dice, user = scene.dice, scene.user
    comment = {"id": dice.below(1 << 31), "user": _person(user), "body": text(dice), "path": "src/keel.py"}
    return {"action": "created", "pull_request": _pull_request(scene)["pull_request"], "comment": comment}


def _fork(scene: Scene) -> Payload:
    dice, user, repo = scene.dice, scene.user, scene.repo
    forkee = {"id": dice.below(1 << 30), "name": repo.short_name, "full_name": f"{user.login}/{repo.short_name}"}
    return {"forkee": forkee | {"owner": _person(user), "description": sentence(dice), "fork": True}}


def _release(scene: Scene) -> Payload:
    dice, user = scene.dice, scene.user
    tag = f"v{dice.below(4)}.{dice.below(40)}"
    return {"action": "published", "release": {"tag_name": tag, "author": _person(user), "body": text(dice)}}


def _member(scene: Scene) -> Payload:
    user = scene.user
    return {"member": _person(user), "action": "added"}


def _commit_comment(scene: Scene) -> Payload:
    dice, user = scene.dice, scene.user
    comment = {"id": dice.below(1 << 31), "user": _person(user), "body": text(dice), "commit_id": dice.hex(40)}
    return {"comment": comment}


def _gollum(scene: Scene) -> Payload:
    dice = scene.dice
    return {"pages": [{"page_name": "Home", "title": "Home", "action": "edited", "sha": dice.hex(40)}]}


CREATED = Weighted({"branch": 55.7, "repository": 36.7, "tag": 7.6})
ISSUE_ACTIONS = Weighted({"opened": 61.3, "closed": 36.9, "reopened": 1.8})
PULL_ACTIONS = Weighted({"opened": 53.8, "closed": 45.4, "reopened": 0.8})
MAKERS: Makers = {
    "CommitCommentEvent": _commit_comment,
    "CreateEvent": create,
    "DeleteEvent": delete,
    "ForkEvent": _fork,
    "GollumEvent": _gollum,
    "IssueCommentEvent": _issue_comment,
    "IssuesEvent": issues,
    "MemberEvent": _member,
    "PublicEvent": lambda _: {},
    "PullRequestEvent": _pull_request,
    "PullRequestReviewCommentEvent": _review_comment,
    "PullRequestReviewEvent": _review,
    "PushEvent": push,
    "ReleaseEvent": _release,
    "WatchEvent": lambda _: {"action": "started"},
}
