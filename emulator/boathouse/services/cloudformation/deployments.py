"""A stack's operations: creating, updating, rolling back, deleting, in AWS's order of states and events.

Each runs as a background task on state that is written at every step. A platform that ends in the middle, by Ctrl-C
or kill -9, takes it up at the next start: a deletion, a clean-up and a rollback go on; a creation or an update counts
as failed, with a reason that says so, and is rolled back as after any other failure. It is not resumed, since nobody
knows how far the call had come that was under way.
"""

import asyncio
from collections.abc import Coroutine, Iterable, Mapping
from functools import partial

from boathouse.clock import Clock
from boathouse.errors import AwsError
from boathouse.services.cloudformation.blueprint import Blueprint
from boathouse.services.cloudformation.functions import Known
from boathouse.services.cloudformation.graph import reverse, walk
from boathouse.services.cloudformation.plan import changed_properties
from boathouse.services.cloudformation.resources.base import Values
from boathouse.services.cloudformation.stack import Member, Stack, Target
from boathouse.services.cloudformation.store import Store
from boathouse.services.cloudformation.template import parse
from boathouse.services.cloudformation.work import Work
from boathouse.tasks import Tasks

USER = "User Initiated"
INTERRUPTED = "emulator: the platform ended while this was under way"
ANSWER_WITHIN = 5.0
"""Seconds that an answer waits for a short operation. The AWS CLI looks at once and then each 30 s."""


class Deployments:
    """Begins operations, and goes on at a start with those that the platform's end cut off."""

    def __init__(self, store: Store, work: Work, clock: Clock) -> None:
        self._store = store
        self._work = work
        self._clock = clock
        self._tasks = Tasks()
        self._creating: dict[str, asyncio.Task[None]] = {}
        self._abandoned: set[str] = set()

    async def start(self) -> None:
        for stack in self._store.unfinished():
            self._spawn(stack, self._resume(stack))

    async def stop(self) -> None:
        await self._tasks.cancel()

    reset = stop

    # -- what a client asks for; the operation goes on after the answer

    async def create(self, stack: Stack) -> None:
        self._store.turn(stack, "CREATE_IN_PROGRESS", USER)
        task = self._creating[stack.id] = self._spawn(stack, self._create(stack))
        await asyncio.wait({task}, timeout=ANSWER_WITHIN)

    async def update(self, stack: Stack, target: Target) -> None:
        stack.target, stack.updated = target, self._clock.now()
        self._store.turn(stack, "UPDATE_IN_PROGRESS", USER)
        await asyncio.wait({self._spawn(stack, self._update(stack))}, timeout=ANSWER_WITHIN)

    async def delete(self, stack: Stack) -> None:
        """Also while it is created: nothing more is begun, and what has been begun ends first."""
        if stack.status == "CREATE_IN_PROGRESS":
            self._abandoned.add(stack.id)
        self._store.turn(stack, "DELETE_IN_PROGRESS", USER)
        task = self._spawn(stack, self._delete_after(stack, self._creating.get(stack.id)))
        await asyncio.wait({task}, timeout=ANSWER_WITHIN)

    def _spawn(self, stack: Stack, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = self._tasks.spawn(work, f"{stack.status} {stack.name}")
        task.add_done_callback(partial(self._ended, stack))
        return task

    def _ended(self, stack: Stack, task: asyncio.Task[None]) -> None:
        """A fault of ours must not leave a stack that says for ever that something is going on."""
        if self._creating.get(stack.id) is task:
            del self._creating[stack.id]
        if not task.cancelled() and task.exception() is not None:
            self._store.turn(stack, ENDS_AS[stack.status], "emulator: internal error; the platform's log has it")

    async def _resume(self, stack: Stack) -> None:
        for member in self._store.members(stack).values():
            if member.status in ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS"):
                failed = member.status.replace("IN_PROGRESS", "FAILED")
                self._store.mark(stack, member, failed, INTERRUPTED)
        match stack.status:
            case "CREATE_IN_PROGRESS":
                await self._give_up_creation(stack, INTERRUPTED + ". ")
            case "ROLLBACK_IN_PROGRESS":
                await self._roll_back_creation(stack)
            case "DELETE_IN_PROGRESS":
                await self._delete(stack)
            case "UPDATE_IN_PROGRESS":
                await self._give_up_update(stack, INTERRUPTED + ". ")
            case "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS":
                await self._clean_up(stack, "UPDATE_COMPLETE")
            case "UPDATE_ROLLBACK_IN_PROGRESS":
                await self._roll_back_update(stack)
            case "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS":
                await self._clean_up(stack, "UPDATE_ROLLBACK_COMPLETE")

    # -- creating

    async def _create(self, stack: Stack) -> None:
        blueprint = blueprint_of(stack, stack.current)
        made = await walk(blueprint.graph, partial(self._create_one, stack, blueprint))
        if stack.id in self._abandoned:
            return
        trouble = self._failures(stack) if not made else self._give_outputs(stack, blueprint)
        if trouble:
            await self._give_up_creation(stack, trouble)
        else:
            self._store.turn(stack, "CREATE_COMPLETE")

    async def _create_one(self, stack: Stack, blueprint: Blueprint, name: str, *, fresh: bool = False) -> bool:
        if stack.id in self._abandoned:
            return False
        member = Member(name, blueprint.resources[name].type, "", self._clock.now(), fresh=fresh)
        describe(member, blueprint)
        wanted = self._wanted(stack, blueprint, member)
        return wanted is not None and await self._work.create(stack, member, wanted)

    async def _give_up_creation(self, stack: Stack, trouble: str) -> None:
        match stack.on_failure:
            case "DO_NOTHING":
                self._store.turn(stack, "CREATE_FAILED", trouble)
            case "DELETE":
                self._store.turn(stack, "DELETE_IN_PROGRESS", f"{trouble}Delete requested by user.")
                await self._delete(stack)
            case _:
                self._store.turn(stack, "ROLLBACK_IN_PROGRESS", f"{trouble}Rollback requested by user.")
                await self._roll_back_creation(stack)

    async def _roll_back_creation(self, stack: Stack) -> None:
        trouble = await self._delete_all(stack, kept=("Retain",))
        self._store.turn(stack, "ROLLBACK_FAILED" if trouble else "ROLLBACK_COMPLETE", trouble)

    # -- deleting

    async def _delete_after(self, stack: Stack, creation: asyncio.Task[None] | None) -> None:
        if creation is not None:
            await asyncio.wait({creation})
        self._abandoned.discard(stack.id)
        await self._delete(stack)

    async def _delete(self, stack: Stack) -> None:
        trouble = await self._delete_all(stack, kept=("Retain", "RetainExceptOnCreate"))
        if trouble is None:
            stack.deleted = self._clock.now()
        self._store.turn(stack, "DELETE_FAILED" if trouble else "DELETE_COMPLETE", trouble)

    async def _delete_all(self, stack: Stack, kept: tuple[str, ...]) -> str | None:
        """Each resource after those that need it. What cannot go keeps what it needs, and is named."""
        members = {name: member for name, member in self._store.members(stack).items() if not member.is_gone}

        async def delete(name: str) -> bool:
            member = members[name]
            keeps = name in stack.retain or member.deletion_policy in kept
            if not keeps:
                self._leave_behind(stack, member)
                await self._delete_spares(stack, member)
            return await self._work.delete(stack, member, keeps=keeps)

        if await walk(reverse(needs(members)), delete, keep_going=True):
            return None
        return named("delete", (member for member in members.values() if member.status == "DELETE_FAILED"))

    # -- updating

    async def _update(self, stack: Stack) -> None:
        target = stack.target or stack.current
        blueprint = blueprint_of(stack, target)
        made = await walk(blueprint.graph, partial(self._update_one, stack, blueprint))
        trouble = self._failures(stack) if not made else self._give_outputs(stack, blueprint)
        if trouble:
            await self._give_up_update(stack, trouble)
            return
        for member in self._store.members(stack).values():
            self._leave_behind(stack, member)
        stack.current = target
        self._store.turn(stack, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
        await self._clean_up(stack, "UPDATE_COMPLETE")

    async def _update_one(self, stack: Stack, blueprint: Blueprint, name: str) -> bool:
        member = self._store.member(stack, name)
        if member is None or member.is_gone:
            return await self._create_one(stack, blueprint, name, fresh=True)
        describe(member, blueprint)
        wanted = self._wanted(stack, blueprint, member)
        if wanted is None:
            return False
        if changed_properties(member.now.properties, wanted):
            return await self._work.update(stack, member, wanted)
        self._store.keep(stack, [member])
        return True

    def _leave_behind(self, stack: Stack, member: Member) -> None:
        """What there was before an update is spare where it was replaced, or left alone where its policy says so."""
        if member.before is not None and self._work.is_replaced(member) and member.replace_policy == "Delete":
            member.spare.append(member.before)
        member.before, member.fresh = None, False
        self._store.keep(stack, [member])

    async def _give_up_update(self, stack: Stack, trouble: str) -> None:
        self._store.turn(stack, "UPDATE_ROLLBACK_IN_PROGRESS", trouble)
        await self._roll_back_update(stack)

    async def _roll_back_update(self, stack: Stack) -> None:
        blueprint = blueprint_of(stack, stack.current)
        members = self._store.members(stack)

        async def restore(name: str) -> bool:
            member = members[name]
            if name in blueprint.resources:
                describe(member, blueprint)
            return await self._work.restore(stack, member)

        changed = {name: member for name, member in members.items() if not member.fresh}
        if await walk(needs(changed), restore):
            self._store.turn(stack, "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS")
            await self._clean_up(stack, "UPDATE_ROLLBACK_COMPLETE")
        else:
            failed = (member for member in members.values() if member.status == "UPDATE_FAILED")
            self._store.turn(stack, "UPDATE_ROLLBACK_FAILED", named("update", failed))

    async def _clean_up(self, stack: Stack, status: str) -> None:
        """Deletes what the stack has left: spare resources, and members that its template does not have."""
        blueprint = blueprint_of(stack, stack.current)
        members = self._store.members(stack)

        async def tidy(name: str) -> bool:
            member = members[name]
            await self._delete_spares(stack, member)
            if name not in blueprint.resources:
                kept = ("Retain",) if member.fresh else ("Retain", "RetainExceptOnCreate")
                await self._work.delete(stack, member, keeps=member.deletion_policy in kept)
                self._store.drop(stack, member)
            return True

        await walk(reverse(needs(members)), tidy, keep_going=True)
        stack.target = None
        self._store.turn(stack, status)

    async def _delete_spares(self, stack: Stack, member: Member) -> None:
        while member.spare:
            await self._work.delete_spare(stack, member, member.spare[0])
            del member.spare[0]
            self._store.keep(stack, [member])

    # -- what operations share

    def _wanted(self, stack: Stack, blueprint: Blueprint, member: Member) -> Values | None:
        """A member's properties; None where a function fails on a value that only now is known."""
        try:
            return blueprint.properties(member.logical_id, partial(self._known, stack))
        except AwsError as error:
            status = "UPDATE_FAILED" if member.now.physical_id else "CREATE_FAILED"
            self._store.mark(stack, member, status, error.message)
            return None

    def _known(self, stack: Stack, name: str) -> Known:
        """A resource of the stack as it is now, for the functions that name it."""
        member = self._store.member(stack, name)
        if member is None:
            raise LookupError(f"{name} of {stack.name} was asked for before it was made")
        return Known(member.now.physical_id, member.now.attributes)

    def _failures(self, stack: Stack) -> str:
        members = list(self._store.members(stack).values())
        return "".join(
            named(verb, failed)
            for verb in ("create", "update")
            if (failed := [member for member in members if member.status == f"{verb.upper()}_FAILED"])
        )

    def _give_outputs(self, stack: Stack, blueprint: Blueprint) -> str | None:
        """The stack's outputs from now on; or why it cannot have them."""
        try:
            outputs = blueprint.stack_outputs(partial(self._known, stack))
        except AwsError as error:
            return f"{error.message} "
        for output in outputs:
            export = output.get("ExportName")
            if export is not None and (other := self._store.exporter(stack, export)) is not None:
                return f"Export with name {export} is already exported by stack {other.name}. "
        stack.outputs = outputs
        return None


ENDS_AS: Mapping[str, str] = {
    "CREATE_IN_PROGRESS": "CREATE_FAILED",
    "ROLLBACK_IN_PROGRESS": "ROLLBACK_FAILED",
    "DELETE_IN_PROGRESS": "DELETE_FAILED",
    "UPDATE_IN_PROGRESS": "UPDATE_FAILED",
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS": "UPDATE_COMPLETE",
    "UPDATE_ROLLBACK_IN_PROGRESS": "UPDATE_ROLLBACK_FAILED",
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS": "UPDATE_ROLLBACK_COMPLETE",
}


def blueprint_of(stack: Stack, target: Target) -> Blueprint:
    return Blueprint(parse(target.template), target.parameters, stack.scope, stack.name, stack.id)


def describe(member: Member, blueprint: Blueprint) -> None:
    """What the template says of a member beside its properties."""
    resource = blueprint.resources[member.logical_id]
    member.deletion_policy, member.replace_policy = resource.deletion_policy, resource.update_replace_policy
    member.metadata = resource.metadata
    member.needs = sorted(blueprint.graph[member.logical_id])


def needs(members: Mapping[str, Member]) -> dict[str, set[str]]:
    return {name: set(member.needs) & members.keys() for name, member in members.items()}


def named(verb: str, members: Iterable[Member]) -> str:
    names = ", ".join(member.logical_id for member in members)
    return f"The following resource(s) failed to {verb}: [{names}]. "
