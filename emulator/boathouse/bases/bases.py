"""What answers the operations that are not ours: always a URL, one for all services or one a service.

Knows how the default base is started as a child, and nothing of what is asked of it.
"""

import asyncio
from collections.abc import Mapping

from yarl import URL

from boathouse.bases.ministack import Ministack
from boathouse.errors import StartError
from boathouse.settings import BaseUrl

PATIENCE = 5.0
"""Seconds that a base may take to accept a connection."""


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
    def urls(self) -> Mapping[str, BaseUrl]:
        return self._urls

    @property
    def all(self) -> dict[str, str]:
        """Service (``*`` for all others) to URL, for people to read."""
        return {service or "*": base.url for service, base in self._urls.items()}

    @property
    def brought(self) -> list[str]:
        """The URLs of those that the user brought."""
        own = None if self._child is None else self._child.url
        return sorted({base.url for base in self._urls.values()} - {own})

    async def start(self) -> None:
        """Raises StartError for a base that is not there: better now than at somebody's first request."""
        for url in self.brought:
            await _check(url)
        if self._child is not None:
            await self._child.start()

    async def stop(self) -> None:
        if self._child is not None:
            await self._child.stop()

    async def reset(self) -> None:
        """Only a base that is our child can be emptied; one that a user brought is the user's."""
        if self._child is not None:
            await self._child.reset()


async def _check(url: str) -> None:
    address = URL(url)
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(address.host, address.port), PATIENCE)
    except (OSError, TimeoutError) as error:
        raise StartError(
            f"the base at {url} does not answer ({error or 'it takes too long'}); start it first, or leave --base out:"
            " the default base then runs as a child process"
        ) from error
    writer.close()
