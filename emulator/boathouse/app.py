"""The platform: which services there are, the chain that every request takes, how it all starts and stops."""

from collections.abc import Mapping
from typing import Any

from starlette.types import ASGIApp

from boathouse import __version__
from boathouse.bases.bases import Bases
from boathouse.bases.markers import Markers
from boathouse.bases.marks import kinds
from boathouse.bases.ministack import Ministack
from boathouse.call import Call
from boathouse.clock import Clock
from boathouse.context import root_of
from boathouse.errors import StartError
from boathouse.gateway import steps
from boathouse.gateway.admin import admin
from boathouse.gateway.chain import Chain
from boathouse.gateway.connections import Connections
from boathouse.gateway.edge import Edge
from boathouse.gateway.forward import Forward
from boathouse.gateway.listen import Listener
from boathouse.gateway.route import Onward, Ownership, Route
from boathouse.gateway.tls import Authority
from boathouse.lake.access import Access
from boathouse.lake.access_keys import AccessKeys
from boathouse.lake.catalog import Catalog
from boathouse.lake.objects import Objects
from boathouse.lake.sessions import Sessions
from boathouse.lake.state import State
from boathouse.service import Passage, Service
from boathouse.services import athena, cloudformation, cloudwatch, firehose, glue, iam, kinesis, lambda_, s3, sns, sts
from boathouse.settings import Settings
from boathouse.wire.models import services as services_of_aws
from boathouse.workers.glue import Pool
from boathouse.workers.supervisor import Supervisor


class App:
    """Everything, built once. ``start`` brings it up in dependence order, ``stop`` down in reverse."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.clock = Clock(settings.hurry)
        self.state = State(settings.database)
        self.call = Call()
        self.to_base = Call()  # for what is ours and hangs on the base's own: past our handlers
        self.sessions = Sessions(self.state, self.clock)
        self.access_keys = AccessKeys(self.state)
        self.catalog = Catalog(self.state, self.clock)
        self.access = Access(self.catalog, Objects(self.call), self.clock)
        self.supervisor = Supervisor(settings.work_dir, self.clock)
        self.spark = Pool(self.supervisor, settings.workers, refill=settings.refill_workers)
        self.bases = _bases(settings, self.clock)
        self.services = {service.name: service for service in self._services() if self._is_ours(service)}
        self.ownership = Ownership(self.services)
        passages = {name: service.passage for name, service in self.services.items() if service.passage is not None}
        self.connections = Connections()
        self.forward = Forward(self.connections, self.bases.of, passages, self.clock)
        marked = kinds(self.bases.urls, self.bases.brought)
        self.markers = Markers(marked, self.state.collection("bases.markers"), self.forward.ask, self.clock)
        self.connections.tell(self.markers.verify)
        edge = Edge(self._chain(passages), self._administration())
        tls = Authority(settings.ca_file.parent, settings.host_names, self.clock).server_context()
        self.listeners = [
            Listener(edge, settings.host, settings.port),
            Listener(edge, settings.host, settings.tls_port, tls),
        ]

    def _chain(self, passages: Mapping[str, Passage]) -> Chain:
        """The steps that every request takes. Calls from inside take them from here on, too."""
        endpoint = self.settings.tls_endpoint  # what one part asks of another never goes in the clear
        chain = Chain(
            edge=[
                steps.identify,
                steps.Authenticate(self.sessions.find, self.access_keys.find),
                steps.Parse(self.ownership.ours, passages),
            ],
            core=[
                steps.Guard(self.markers.check),
                steps.Authorise(passages),
                steps.audit,
                Route(self.ownership, self.forward),
            ],
            endpoint=endpoint,
        )
        self.call.bind(chain.call)
        past_ours = Chain(edge=[], core=[steps.audit, Onward(self.forward)], endpoint=endpoint)
        self.to_base.bind(past_ours.call)
        return chain

    def _administration(self) -> ASGIApp:
        return admin(
            health=self.health,
            coverage=self.coverage,
            reset=self.reset,
            translate=self.translate,
            inbound={name: service.inbound for name, service in self.services.items() if service.inbound is not None},
        )

    def _services(self) -> list[Service]:
        return [*self._of_the_lake(), *self._around_it()]

    def _of_the_lake(self) -> list[Service]:
        return [
            s3.build(
                state=self.state,
                call=self.call,
                to_base=self.to_base,
                base_has_own_key=self.bases.of("s3").url != self.bases.of("kms").url,
            ),
            kinesis.build(state=self.state, clock=self.clock, call=self.call),
            lambda_.build(
                state=self.state,
                clock=self.clock,
                call=self.call,
                settings=self.settings,
                sessions=self.sessions,
                supervisor=self.supervisor,
            ),
            firehose.build(state=self.state, clock=self.clock, call=self.call),
            glue.build(
                state=self.state,
                clock=self.clock,
                call=self.call,
                settings=self.settings,
                sessions=self.sessions,
                catalog=self.catalog,
                spark=self.spark,
            ),
            athena.build(
                state=self.state,
                clock=self.clock,
                call=self.call,
                settings=self.settings,
                sessions=self.sessions,
                access=self.access,
            ),
        ]

    def _around_it(self) -> list[Service]:
        return [
            iam.build(access_keys=self.access_keys, call=self.call),
            sts.build(sessions=self.sessions, access_keys=self.access_keys, call=self.call, clock=self.clock),
            cloudwatch.build(state=self.state, clock=self.clock, call=self.call, to_base=self.to_base),
            sns.build(state=self.state, call=self.call, to_base=self.to_base, settings=self.settings),
            cloudformation.build(state=self.state, clock=self.clock, call=self.call),
        ]

    def _is_ours(self, service: Service) -> bool:
        """A base named for a service that we would answer whole takes it over; S3's policies stay ours."""
        return service.rest == "base" or service.name not in self.settings.bases

    async def start(self) -> None:
        await self.bases.start()
        await self.connections.start()
        await self.markers.start()
        for listener in self.listeners:
            await listener.start(self.clock)
        for service in self.services.values():
            await service.start()

    async def stop(self) -> None:
        for service in reversed(self.services.values()):
            await service.stop()
        await self.supervisor.stop()
        for listener in self.listeners:
            await listener.stop()
        await self.markers.stop()
        if self.settings.ephemeral:
            await self.markers.remove()
        await self.connections.stop()
        await self.bases.stop()
        self.state.close()

    async def reset(self) -> list[str]:
        """Everything ours and the base's is empty again, as after a first start; but for the bases it names."""
        for service in self.services.values():
            await service.reset()
        await self.markers.remove()
        self.state.clear()
        await self.bases.reset()
        await self.markers.reset()
        return self.bases.brought

    def health(self) -> dict[str, Any]:
        return {
            "status": "ok",
            "version": __version__,
            "endpoint": self.settings.endpoint,
            "tls_endpoint": self.settings.tls_endpoint,
            "state_dir": str(self.settings.state_dir),
            "aws_dir": str(self.settings.aws_dir),
            "ephemeral": self.settings.ephemeral,
            "hurry": self.settings.hurry,
            "bases": self.bases.all,
            "workers": self.spark.health(),
            "services": self.coverage(),
            "troubles": self.markers.troubles()
            | {
                f"{name} {what}": trouble
                for name, service in self.services.items()
                for what, trouble in service.troubles().items()
            },
        }

    def translate(self, sql: str, database: str) -> str:
        return athena.translation(self.access, root_of(), sql, database)

    def coverage(self) -> dict[str, Any]:
        """Per service: the operations that are ours, and who answers the rest."""
        return {
            name: {"ours": sorted(service.handlers), "rest": "base" if service.rest == "base" else "501"}
            for name, service in sorted(self.services.items())
        }


def _bases(settings: Settings, clock: Clock) -> Bases:
    if unknown := sorted(set(settings.bases) - {"", *services_of_aws()}):
        raise StartError(
            f"--base {unknown[0]}=…: there is no service of that name; boto3's names are meant: s3, kinesis, logs"
        )
    if "" in settings.bases:
        return Bases(settings.bases)
    return Bases(settings.bases, Ministack(settings.state_dir / "ministack", settings.port, clock))
