"""Brings a stored function and an invocation to the workers."""

from boathouse.context import Scope
from boathouse.lake.sessions import assumed_role
from boathouse.services.lambda_.packages import Packages
from boathouse.services.lambda_.store import StoredFunction
from boathouse.workers.lambda_ import Answer, Function, Invocation, Pool


class Runner:
    def __init__(self, pool: Pool, packages: Packages, endpoint: str) -> None:
        self._pool = pool
        self._packages = packages
        self._endpoint = endpoint

    async def start(self) -> None:
        self._packages.clear()
        await self._pool.start()

    async def stop(self) -> None:
        await self._pool.stop()

    async def reset(self) -> None:
        await self._pool.forget_all()
        self._packages.forget_all_but(set())

    async def invoke(self, scope: Scope, function: StoredFunction, invocation: Invocation) -> Answer:
        configuration = function.configuration
        work = Function(
            name=function.name,
            arn=function.arn,
            revision=configuration["RevisionId"],
            runtime=configuration["Runtime"],
            handler=configuration["Handler"],
            code=await self._packages.folder(function.package),
            timeout=configuration["Timeout"],
            memory=configuration["MemorySize"],
            log_group=configuration["LoggingConfig"]["LogGroup"],
            principal=assumed_role(configuration["Role"], function.name, scope[1]),
            endpoint=self._endpoint,
            variables=configuration.get("Environment", {}).get("Variables", {}),
        )
        return await self._pool.invoke(work, invocation)

    async def forget(self, scope: Scope, name: str) -> None:
        await self._pool.forget((scope, name))
