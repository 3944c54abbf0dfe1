"""Events of GitHub's timeline, June 2012 to 2014: no ids, the actor a text, times with Pacific offsets.

Keys, their order and types as measured in the files of 2013-02-15 and 2014-02-15.
"""

from datetime import datetime
from typing import Any

from pipelines.generator import backfill, payloads
from pipelines.generator.dice import Weighted
from pipelines.generator.scene import BRANCHES, Makers, Payload, Scene, email, sentence

WITHOUT_REPOSITORY = ("FollowEvent", "GistEvent")
UNKNOWN_ACTOR = 0.005
BEGINS = 234
"""Seconds past the hour at which a file begins."""

MIX_2012 = Weighted(
    {
        "PushEvent": 51.27, "CreateEvent": 9.56, "WatchEvent": 8.38, "IssueCommentEvent": 7.60,
        "PullRequestEvent": 3.37, "IssuesEvent": 4.80, "ForkEvent": 2.65, "DeleteEvent": 0.81, "GollumEvent": 1.77,
        "PullRequestReviewCommentEvent": 1.26, "CommitCommentEvent": 1.58, "MemberEvent": 0.36, "PublicEvent": 0.04,
        "GistEvent": 3.90, "DownloadEvent": 0.21, "FollowEvent": 2.45,
    }
)  # fmt: skip
MIX_2014 = Weighted(
    {
        "PushEvent": 52.14, "CreateEvent": 10.96, "WatchEvent": 11.48, "IssueCommentEvent": 7.25,
        "PullRequestEvent": 3.65, "IssuesEvent": 4.55, "ForkEvent": 3.74, "DeleteEvent": 1.22, "GollumEvent": 2.09,
        "PullRequestReviewCommentEvent": 0.49, "ReleaseEvent": 0.20, "CommitCommentEvent": 0.58, "MemberEvent": 0.36,
        "PublicEvent": 0.11, "GistEvent": 1.07, "TeamAddEvent": 0.11,
    }
)  # fmt: skip


def event(event_type: str, _event_id: str, scene: Scene) -> dict[str, Any]:
    """The hour in a file's name is the Pacific one, like the events' times."""
    made = {"created_at": _moment(scene.at), "payload": MAKERS[event_type](scene), "public": True, "type": event_type}
    if event_type == "PublicEvent":
        del made["payload"]
    made["url"] = f"https://github.com/{scene.repo.name}"
    if scene.dice.chance(UNKNOWN_ACTOR):
        made["actor"] = None
    else:
        made |= {"actor": scene.login, "actor_attributes": _attributes(scene)}
    return made if event_type in WITHOUT_REPOSITORY else made | {"repository": _repository(scene)}


def _moment(at: datetime) -> str:
    # By the month alone: the zone's data is not on every machine, and the days at the edges do not matter here.
    return f"{at:%Y-%m-%dT%H:%M:%S}-{7 if 4 <= at.month <= 10 else 8:02}:00"


def _attributes(scene: Scene) -> Payload:
    return {
        "login": scene.login, "type": "User", "gravatar_id": backfill.gravatar(scene.user), "name": scene.login.title(),
        "company": "", "blog": "", "location": "Bremen", "email": email(scene.dice),
    }  # fmt: skip


def _repository(scene: Scene) -> Payload:
    dice, repo = scene.dice, scene.repo
    watchers, pushed_at = dice.between(0, 2000), _moment(scene.at)
    return {
        "id": repo.id, "name": repo.short_name, "url": f"https://github.com/{repo.name}", "description": sentence(dice),
        "homepage": "", "watchers": watchers, "stargazers": watchers, "forks": dice.between(0, 200), "fork": False,
        "size": dice.between(0, 90_000), "owner": repo.owner, "private": False, "open_issues": dice.between(0, 90),
        "has_issues": True, "has_downloads": True, "has_wiki": True, "language": "C",
        "created_at": "2011-09-27T11:40:59-07:00", "pushed_at": pushed_at, "master_branch": "master",
        **({} if repo.org is None else {"organization": repo.owner}),
    }  # fmt: skip


def _push(scene: Scene) -> Payload:
    dice = scene.dice
    size = 0 if dice.chance(0.18) else dice.between(1, 24)
    shas = [
        [dice.hex(40), email(dice), sentence(dice), scene.login, dice.chance(0.9)] for _ in range(min(size, 20))
    ]  # fmt: skip
    return {"shas": shas, "size": size, "ref": f"refs/heads/{dice.pick(BRANCHES)}", "head": dice.hex(40)}


def _create(scene: Scene) -> Payload:
    return _by_whom(payloads.create(scene), scene)


def _delete(scene: Scene) -> Payload:
    return _by_whom(payloads.delete(scene), scene)


def _by_whom(payload: Payload, scene: Scene) -> Payload:
    """Before 2014 nobody said what kind of account had pushed."""
    return payload if scene.at.year >= 2014 else {k: value for k, value in payload.items() if k != "pusher_type"}


def _issues(scene: Scene) -> Payload:
    issue = payloads.issues(scene)
    return {"action": issue["action"], "issue": issue["issue"]["id"], "number": issue["issue"]["number"]}


def _review_comment(scene: Scene) -> Payload:
    return {"comment": payloads.MAKERS["PullRequestReviewCommentEvent"](scene)["comment"]}


def _team_add(scene: Scene) -> Payload:
    dice = scene.dice
    team = {"id": dice.below(1 << 20), "name": "crew", "slug": "crew", "permission": "push"}
    repository = {"id": scene.repo.id, "name": scene.repo.short_name, "full_name": scene.repo.name}
    return {"team": team, "repository": repository, "membership_id": dice.below(1 << 20)}


MAKERS: Makers = dict(payloads.MAKERS) | {
    "CommitCommentEvent": lambda scene: {"commit": scene.dice.hex(40), "comment_id": scene.dice.below(1 << 22)},
    "CreateEvent": _create,
    "DeleteEvent": _delete,
    "DownloadEvent": backfill.download,
    "FollowEvent": backfill.follow,
    "ForkEvent": lambda _: {},
    "GistEvent": backfill.gist_of,
    "IssueCommentEvent": lambda scene: {
        "issue_id": scene.dice.below(1 << 24),
        "comment_id": scene.dice.below(1 << 25),
    },
    "IssuesEvent": _issues,
    "PullRequestReviewCommentEvent": _review_comment,
    "PushEvent": _push,
    "TeamAddEvent": _team_add,
}
