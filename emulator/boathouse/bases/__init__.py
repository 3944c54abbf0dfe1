"""What answers the operations that are not ours: always a URL, one for all services or one a service.

Knows how the default base is started as a child, and nothing of what is asked of it.
"""

from collections.abc import Mapping

from boathouse.bases.ministack import Ministack
from boathouse.settings import BaseUrl


class Bases:
    """``urls`` maps botocore's service names to bases, ``""`` to the base of all others."""

    def __init__(self, urls: Mapping[str, BaseUrl], child: Ministack | None = None) -> None:
        self._child = child
        self._urls = dict(urls)
        if child is not None:
            self._urls[""] = BaseUrl(child.url)

    def of(self, service: str) -> BaseUrl:
        return self._urls.get(service) or self._urls[""]

    @property
    def all(self) -> dict[str, str]:
        """Service (``*`` for all others) to URL, for people to read."""
        return {service or "*": base.url for service, base in self._urls.items()}

    async def start(self) -> None:
        if self._child is not None:
            await self._child.start()

    async def stop(self) -> None:
        if self._child is not None:
            await self._child.stop()

    async def reset(self) -> None:
        """Only a base that is our child can be emptied; one that a user brought is the user's."""
        if self._child is not None:
            await self._child.reset()


__all__ = ["Bases", "Ministack"]
