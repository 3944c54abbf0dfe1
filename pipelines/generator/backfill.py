"""Events of 2011 and early 2012, which GH Archive filled in afterwards: two formats, ids, repository / where unknown.

Keys, their order and types as measured in the files of 2011-02-15 and 2012-02-15.
"""

from typing import Any

from pipelines.generator import payloads
from pipelines.generator.dice import Weighted
from pipelines.generator.population import User
from pipelines.generator.scene import BRANCHES, Makers, Payload, Scene, email, sentence, text

HOST = "https://api.github.dev"
WITHOUT_REPO = ("FollowEvent", "GistEvent")
UNKNOWN_REPO, UNKNOWN_ACTOR = 0.03, 0.005
"""How often GitHub did not know the repository, and the actor."""

MIX_2011 = Weighted(
    {
        "PushEvent": 54.24, "CreateEvent": 14.83, "WatchEvent": 10.19, "PullRequestEvent": 2.44, "IssuesEvent": 3.97,
        "ForkEvent": 2.50, "DeleteEvent": 0.73, "GollumEvent": 2.99, "CommitCommentEvent": 1.52, "MemberEvent": 0.67,
        "PublicEvent": 0.06, "GistEvent": 2.38, "DownloadEvent": 0.43, "ForkApplyEvent": 0.12, "FollowEvent": 2.93,
    }
)  # fmt: skip
MIX_2012 = Weighted(
    {
        "PushEvent": 47.81, "CreateEvent": 12.10, "WatchEvent": 9.94, "IssueCommentEvent": 8.84,
        "PullRequestEvent": 3.31, "IssuesEvent": 4.10, "ForkEvent": 2.65, "DeleteEvent": 0.86, "GollumEvent": 1.79,
        "CommitCommentEvent": 1.23, "MemberEvent": 0.81, "PublicEvent": 0.05, "GistEvent": 2.63, "DownloadEvent": 0.34,
        "ForkApplyEvent": 0.05, "FollowEvent": 3.49,
    }
)  # fmt: skip


def event_2011(event_type: str, event_id: str, scene: Scene) -> dict[str, Any]:
    return {
        "repo": _repo(event_type, scene), "type": event_type, **_org(scene), "public": True,
        "created_at": f"{scene.at:%Y-%m-%dT%H:%M:%SZ}", "payload": MAKERS_2011[event_type](scene),
        "actor": _actor(scene), "id": event_id,
    }  # fmt: skip


def event_2012(event_type: str, event_id: str, scene: Scene) -> dict[str, Any]:
    return {
        **_org(scene), "type": event_type, "repo": _repo(event_type, scene),
        "created_at": f"{scene.at:%Y-%m-%dT%H:%M:%SZ}", "payload": MAKERS_2012[event_type](scene),
        "actor": _actor(scene), "public": True, "id": event_id,
    }  # fmt: skip


def _repo(event_type: str, scene: Scene) -> dict[str, Any]:
    if event_type in WITHOUT_REPO or scene.dice.chance(UNKNOWN_REPO):
        return {"url": f"{HOST}/repos//", "name": "/"}
    return {"id": scene.repo.id, "url": f"{HOST}/repos/{scene.repo.name}", "name": scene.repo.name}


def _actor(scene: Scene) -> dict[str, Any]:
    if scene.dice.chance(UNKNOWN_ACTOR):
        return {"gravatar_id": "", "url": f"{HOST}/users/", "avatar_url": _avatar("")}
    return _somebody(scene.user, "users")


def _org(scene: Scene) -> dict[str, Any]:
    return {} if scene.repo.org is None else {"org": _somebody(scene.repo.org, "orgs")}


def _somebody(user: User, kind: str) -> dict[str, Any]:
    return {
        "gravatar_id": gravatar(user), "id": user.id, "url": f"{HOST}/{kind}/{user.display_login}",
        "avatar_url": _avatar(gravatar(user)), "login": user.display_login,
    }  # fmt: skip


def gravatar(user: User) -> str:
    return f"{user.id:032x}"


def _avatar(of: str) -> str:
    return f"https://secure.gravatar.com/avatar/{of}?d=http://github.dev%2Fimages%2Fgravatars%2Fgravatar-user-420.png"


def _signed(scene: Scene) -> Payload:
    """What most payloads of 2011 repeat of the event around them."""
    return {"repo": scene.repo.name, "actor": scene.login, "actor_gravatar": gravatar(scene.user)}


def _push_2011(scene: Scene) -> Payload:
    dice = scene.dice
    size = dice.between(1, 24)
    shas = [[dice.hex(40), email(dice), sentence(dice), scene.login] for _ in range(min(size, 20))]
    ref, head = f"refs/heads/{dice.pick(BRANCHES)}", dice.hex(40)
    return {"shas": shas, "ref": ref, "size": size, "head": head, "push_id": dice.below(1 << 25)} | _signed(scene)


def _create_2011(scene: Scene) -> Payload:
    made = payloads.create(scene)
    return {"name": scene.repo.short_name, "object": made["ref_type"], "object_name": made["ref"]}


def _issues_2011(scene: Scene) -> Payload:
    issue = payloads.issues(scene)
    return {"number": issue["issue"]["number"], "issue": issue["issue"]["id"], "action": issue["action"]} | _signed(
        scene
    )


def _pull_request_2011(scene: Scene) -> Payload:
    dice, number = scene.dice, scene.dice.between(1, 900)
    pull = {"title": sentence(dice), "number": number, "commits": dice.between(1, 9), "id": dice.below(1 << 20)}
    pull |= {"deletions": dice.between(0, 99), "additions": dice.between(0, 999), "issue_id": dice.below(1 << 24)}
    return {"number": number, "pull_request": pull, "action": payloads.PULL_ACTIONS.roll(dice)} | _signed(scene)


def _gollum_2011(scene: Scene) -> Payload:
    page = {"title": "Home", "summary": None, "sha": scene.dice.hex(40), "page_name": "Home", "action": "edited"}
    return page | _signed(scene)


def _gist_2011(scene: Scene) -> Payload:
    gist = gist_of(scene)
    del gist["id"]
    return gist | {"snippet": text(scene.dice), "actor": scene.login, "actor_gravatar": gravatar(scene.user)}


def gist_of(scene: Scene) -> Payload:
    number = scene.dice.below(1 << 23)
    desc = None if scene.dice.chance(0.15) else sentence(scene.dice)
    url = f"https://gist.github.com/{number}"
    return {"id": number, "name": f"gist: {number}", "desc": desc, "url": url, "action": "create"}


def follow(scene: Scene) -> Payload:
    dice, whom = scene.dice, scene.repo.owner
    target = {"id": dice.between(1, 5_000_000), "login": whom, "followers": dice.between(0, 900)}
    return {"target": target | {"repos": dice.between(0, 90), "gravatar_id": dice.hex(32)}}


def _follow_2011(scene: Scene) -> Payload:
    return follow(scene) | {"actor": scene.login, "actor_gravatar": gravatar(scene.user)}


def download(scene: Scene) -> Payload:
    return {"id": scene.dice.below(1 << 20), "url": f"https://github.com/downloads/{scene.repo.name}/all.zip"}


def _push_2012(scene: Scene) -> Payload:
    pushed = payloads.push(scene)
    return {key: pushed[key] for key in ("ref", "push_id", "commits", "head", "size")}


def _create_2012(scene: Scene) -> Payload:
    made = payloads.create(scene)
    return {key: made[key] for key in ("ref", "master_branch", "description", "ref_type")}


def _delete_2012(scene: Scene) -> Payload:
    gone = payloads.delete(scene)
    return {"ref": gone["ref"], "ref_type": gone["ref_type"]}


MAKERS_2011: Makers = {
    "CommitCommentEvent": lambda scene: (
        {"comment_id": scene.dice.below(1 << 20), "commit": scene.dice.hex(40)} | _signed(scene)
    ),
    "CreateEvent": _create_2011,
    "DeleteEvent": _delete_2012,
    "DownloadEvent": download,
    "FollowEvent": _follow_2011,
    "ForkApplyEvent": lambda scene: (
        {"head": "master", "original": scene.dice.hex(40), "commit": scene.dice.hex(40)} | _signed(scene)
    ),
    "ForkEvent": lambda scene: {"forkee": scene.dice.below(1 << 21)} | _signed(scene),
    "GistEvent": _gist_2011,
    "GollumEvent": _gollum_2011,
    "IssuesEvent": _issues_2011,
    "MemberEvent": lambda scene: {"member": scene.login, "action": "added"} | _signed(scene),
    "PublicEvent": _signed,
    "PullRequestEvent": _pull_request_2011,
    "PushEvent": _push_2011,
    "WatchEvent": lambda scene: {"action": "started"} | _signed(scene),
}
MAKERS_2012: Makers = dict(payloads.MAKERS) | {
    "CreateEvent": _create_2012,
    "DeleteEvent": _delete_2012,
    "DownloadEvent": lambda scene: {"download": download(scene)},
    "FollowEvent": follow,
    "ForkApplyEvent": lambda scene: {"after": scene.dice.hex(40), "before": scene.dice.hex(40), "head": "master"},
    "GistEvent": lambda scene: {"gist": gist_of(scene), "action": "create"},
    "PushEvent": _push_2012,
}
