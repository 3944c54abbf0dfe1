"""An event as GitHub's Events API gives it since 2015, around its payload."""

from typing import Any

from pipelines.generator import payloads
from pipelines.generator.population import User
from pipelines.generator.scene import Scene

DISPLAYED_SINCE = (2016, 7)
"""Year and month: until then an actor had no display_login."""


def event(event_type: str, event_id: str, scene: Scene) -> dict[str, Any]:
    repo = scene.repo
    org = {"org": _org(repo.org)} if repo.org is not None else {}
    return {
        "id": event_id,
        "type": event_type,
        "actor": _actor(scene),
        "repo": {"id": repo.id, "name": repo.name, "url": f"https://api.github.com/repos/{repo.name}"},
        "payload": payloads.make(event_type, scene),
        "public": True,
        "created_at": f"{scene.at:%Y-%m-%dT%H:%M:%SZ}",
    } | org


def _actor(scene: Scene) -> dict[str, Any]:
    user, login = scene.user, scene.login
    displayed = (scene.at.year, scene.at.month) >= DISPLAYED_SINCE
    return {
        "id": user.id, "login": login, **({"display_login": user.display_login} if displayed else {}),
        "gravatar_id": "", "url": f"https://api.github.com/users/{login}",
        "avatar_url": f"https://avatars.githubusercontent.com/u/{user.id}?",
    }  # fmt: skip


def _org(org: User) -> dict[str, Any]:
    return {
        "id": org.id, "login": org.login, "gravatar_id": "", "url": f"https://api.github.com/orgs/{org.login}",
        "avatar_url": f"https://avatars.githubusercontent.com/u/{org.id}?",
    }  # fmt: skip
