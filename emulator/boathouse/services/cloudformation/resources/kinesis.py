"""AWS::Kinesis::Stream."""

from typing import Any, ClassVar

from boathouse.services.cloudformation.resources.base import Acting, Arns, Made, Naming, ResourceType, Values
from boathouse.services.cloudformation.resources.shapes import INTEGER, STRING, TAGS, Group

DEFAULT_HOURS = 24


class Stream(ResourceType):
    type = "AWS::Kinesis::Stream"
    service = "kinesis"
    properties = Group(
        {
            "Name": STRING,
            "RetentionPeriodHours": INTEGER,
            "ShardCount": INTEGER,
            "StreamEncryption": Group(
                {"EncryptionType": STRING, "KeyId": STRING}, required={"EncryptionType", "KeyId"}
            ),
            "StreamModeDetails": Group({"StreamMode": STRING}, required={"StreamMode"}),
            "Tags": TAGS,
        }
    )
    naming = Naming("Name", 128)
    member = "StreamName"
    creates, reads, deletes = "CreateStream", "DescribeStreamSummary", "DeleteStream"
    absent = frozenset({"ResourceNotFoundException"})
    taken = frozenset({"ResourceInUseException"})
    replaces = frozenset({"Name"})
    fixed = frozenset({"ShardCount", "StreamModeDetails", "Tags"})
    late = frozenset({"Name", "RetentionPeriodHours", "StreamEncryption", "Tags"})
    arns: ClassVar[Arns] = {"Arn": "arn:{partition}:kinesis:{region}:{account}:stream/{name}"}

    async def create(self, act: Acting, name: str, values: Values) -> Made:
        await act(self.creates, **self.asked(name, values))
        await self._active(act, name)
        if tags := self.request(values).get("Tags"):
            await act("AddTagsToStream", StreamName=name, Tags={tag["Key"]: tag["Value"] for tag in tags})
        return await self.update(act, name, values, values)

    async def update(self, act: Acting, name: str, old: Values, new: Values) -> Made:
        """From what the stream is, not from what it was asked to be: a step that failed has changed nothing."""
        wanted = self.request(new)
        await self._retention(act, name, wanted)
        await self._encryption(act, name, wanted)
        return await self.made(act, name, new)

    async def _retention(self, act: Acting, name: str, wanted: dict[str, Any]) -> None:
        hours = wanted.get("RetentionPeriodHours", DEFAULT_HOURS)
        now = (await self._active(act, name))["RetentionPeriodHours"]
        if hours != now:
            operation = "IncreaseStreamRetentionPeriod" if hours > now else "DecreaseStreamRetentionPeriod"
            await act(operation, StreamName=name, RetentionPeriodHours=hours)

    async def _encryption(self, act: Acting, name: str, wanted: dict[str, Any]) -> None:
        encryption = wanted.get("StreamEncryption")
        stream = await self._active(act, name)
        now = {part: stream[part] for part in ("EncryptionType", "KeyId") if part in stream}
        if now.get("EncryptionType") == "KMS" and now != encryption:
            await act("StopStreamEncryption", StreamName=name, **now)
            await self._active(act, name)
        if encryption is not None and now != encryption:
            await act("StartStreamEncryption", StreamName=name, **encryption)
            await self._active(act, name)

    async def _active(self, act: Acting, name: str) -> dict[str, Any]:
        """The stream's summary, once nothing is being changed."""
        summary: dict[str, Any] = {}

        async def ready() -> bool:
            summary.update((await act(self.reads, StreamName=name))["StreamDescriptionSummary"])
            return bool(summary["StreamStatus"] == "ACTIVE")

        await act.until(ready)
        return summary

    async def delete(self, act: Acting, name: str, values: Values) -> None:
        await super().delete(act, name, values)

        async def gone() -> bool:
            return not await self.exists(act, name, values)

        await act.until(gone)
