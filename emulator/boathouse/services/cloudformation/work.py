"""One resource of a stack is made, changed or taken away: the calls of its type, and an event for each step.

Knows nothing of other resources and of no order. Each method says whether it succeeded; why not is in the event.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import uuid4

from boathouse.call import Call
from boathouse.clock import Clock
from boathouse.errors import AwsError
from boathouse.services.cloudformation.plan import changed_properties, fixed, replaced
from boathouse.services.cloudformation.resources.base import Acting, HandlerError, ResourceType, Values
from boathouse.services.cloudformation.resources.shapes import PropertyError
from boathouse.services.cloudformation.stack import Member, Physical, Stack
from boathouse.services.cloudformation.store import Store

REPLACING = "Requested update requires the creation of a new physical resource; hence creating one."
INITIATED = "Resource creation Initiated"


@dataclass(frozen=True, slots=True)
class Work:
    store: Store
    types: Mapping[str, ResourceType]
    call: Call
    clock: Clock

    async def create(self, stack: Stack, member: Member, wanted: Values) -> bool:
        """A new resource for a member that has none."""
        self.store.mark(stack, member, "CREATE_IN_PROGRESS")
        reason = await self._make(stack, member, wanted, "CREATE_IN_PROGRESS")
        self.store.mark(stack, member, "CREATE_COMPLETE" if reason is None else "CREATE_FAILED", reason)
        return reason is None

    async def update(self, stack: Stack, member: Member, wanted: Values) -> bool:
        """The resource changed in place, or another one in its stead; ``member.before`` keeps what there was."""
        member.before = member.now
        if replaced(self.types[member.type], member.now.properties, wanted) == "False":
            reason = await self._update_in_place(stack, member, wanted)
        else:
            reason = await self._replace(stack, member, wanted)
        self.store.mark(stack, member, "UPDATE_COMPLETE" if reason is None else "UPDATE_FAILED", reason)
        return reason is None

    async def restore(self, stack: Stack, member: Member) -> bool:
        """What ``member.before`` says, again. A resource that was put in its stead becomes spare."""
        before, now = member.before, member.now
        if before is None:
            return True
        self.store.mark(stack, member, "UPDATE_IN_PROGRESS")
        reason = None
        if self.is_replaced(member):
            member.spare.append(now)
        elif now.physical_id and now.properties != before.properties:
            reason = await self._change(stack, member, now, before.properties)
        if reason is None:
            member.now, member.before = before, None
        self.store.mark(stack, member, "UPDATE_COMPLETE" if reason is None else "UPDATE_FAILED", reason)
        return reason is None

    def is_replaced(self, member: Member) -> bool:
        """Whether an update has put, or begun to put, another resource in the place of the one before."""
        before, now = member.before, member.now
        if before is None or not now.physical_id:
            return False
        type_ = self.types[member.type]
        return type_.key(now.physical_id, now.properties) != type_.key(before.physical_id, before.properties)

    async def delete(self, stack: Stack, member: Member, *, keeps: bool) -> bool:
        """The member's resource is gone, or left alone where ``keeps`` or where there never was one."""
        if not member.now.physical_id:
            self.store.mark(stack, member, "DELETE_COMPLETE")
            return True
        if keeps:
            self.store.mark(stack, member, "DELETE_SKIPPED")
            return True
        self.store.mark(stack, member, "DELETE_IN_PROGRESS")
        reason = await self._remove(stack, member, member.now)
        self.store.mark(stack, member, "DELETE_COMPLETE" if reason is None else "DELETE_FAILED", reason)
        return reason is None

    async def delete_spare(self, stack: Stack, member: Member, spare: Physical) -> None:
        """A physical resource that the stack has left goes too; if it cannot, an event says so and it stays."""
        self.store.note(stack, member, "DELETE_IN_PROGRESS", spare.physical_id)
        reason = await self._remove(stack, member, spare)
        self.store.note(
            stack, member, "DELETE_COMPLETE" if reason is None else "DELETE_FAILED", spare.physical_id, reason
        )

    # -- the steps; each returns why it failed, None if it did not

    async def _update_in_place(self, stack: Stack, member: Member, wanted: Values) -> str | None:
        type_, before = self.types[member.type], member.now
        reason = _misfit(type_, member, wanted)
        changed = changed_properties(before.properties, wanted)
        if reason is None and (refusal := fixed(type_, member.logical_id, changed)) is not None:
            reason = refusal.message
        if reason is None:
            # On record before it is tried: a rollback must undo what a failure, or the platform's end, left half done.
            member.now = Physical(before.physical_id, dict(wanted), before.attributes)
        self.store.mark(stack, member, "UPDATE_IN_PROGRESS")
        return reason or await self._change(stack, member, before, wanted)

    async def _replace(self, stack: Stack, member: Member, wanted: Values) -> str | None:
        type_ = self.types[member.type]
        self.store.mark(stack, member, "UPDATE_IN_PROGRESS", REPLACING)
        reason = _misfit(type_, member, wanted) or _custom_name(type_, member.now, wanted)
        return reason or await self._make(stack, member, wanted, "UPDATE_IN_PROGRESS")

    async def _make(self, stack: Stack, member: Member, wanted: Values, status: str) -> str | None:
        type_ = self.types[member.type]
        member.now = Physical("", dict(wanted), {})
        if (misfit := _misfit(type_, member, wanted)) is not None:
            return misfit

        def begun(physical_id: str) -> None:
            # Written before the resource is made, or as soon as its name is known: what may exist is always on record.
            member.now.physical_id = physical_id
            self.store.mark(stack, member, status, INITIATED)

        act = replace(self._acting(stack, member, type_), begun=begun)
        try:
            name = type_.name(wanted, act)
            if name and await type_.exists(act, name, wanted):
                message = f"Resource of type '{type_.type}' with identifier '{name}' already exists."
                raise HandlerError(message, "AlreadyExists")
            if name:
                begun(name)
            made = await type_.create(act, name, wanted)
        except (AwsError, HandlerError) as error:
            if isinstance(error, AwsError) and error.code in type_.taken:
                member.now.physical_id = ""
            return _reason(error, type_)
        member.now = Physical(made.physical_id, dict(wanted), dict(made.attributes))
        return None

    async def _change(self, stack: Stack, member: Member, old: Physical, wanted: Values) -> str | None:
        type_ = self.types[member.type]
        try:
            made = await type_.update(self._acting(stack, member, type_), old.physical_id, old.properties, wanted)
        except (AwsError, HandlerError) as error:
            return _reason(error, type_)
        member.now = Physical(made.physical_id, dict(wanted), dict(made.attributes))
        return None

    async def _remove(self, stack: Stack, member: Member, physical: Physical) -> str | None:
        type_ = self.types[member.type]
        try:
            await type_.delete(self._acting(stack, member, type_), physical.physical_id, physical.properties)
        except (AwsError, HandlerError) as error:
            return _reason(error, type_)
        return None

    def _acting(self, stack: Stack, member: Member, type_: ResourceType) -> Acting:
        def known(physical_id: str) -> None:
            """Nothing to record: the resource is there."""

        return Acting(self.call, self.clock, stack.acts_as(), stack.name, member.logical_id, type_.service, known)


def _misfit(type_: ResourceType, member: Member, wanted: Values) -> str | None:
    """Why the properties' values are not what the type takes: known before its service is asked for anything."""
    try:
        type_.request(wanted)
    except PropertyError as error:
        return f"Properties validation failed for resource {member.logical_id} with message:\n{error}"
    return None


def _custom_name(type_: ResourceType, before: Physical, wanted: Values) -> str | None:
    """A resource cannot be there twice under the name that the template gives it."""
    given = None if type_.naming is None else type_.naming.given(wanted)
    if given is None or type_.key(given, wanted) != type_.key(before.physical_id, before.properties):
        return None
    return (
        "CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename"
        f" {given} and update the stack again."
    )


def _reason(error: AwsError | HandlerError, type_: ResourceType) -> str:
    """As CloudFormation words what a service refused; a gap of ours keeps its own sentence."""
    match error:
        case AwsError():
            code = "AlreadyExists" if error.code in type_.taken else "GeneralServiceException"
            message = f"{error.message} (Service: {type_.service}; Error Code: {error.code})"
        case HandlerError():
            code, message = error.code, str(error)
    return f'Resource handler returned message: "{message}" (RequestToken: {uuid4()}, HandlerErrorCode: {code})'
