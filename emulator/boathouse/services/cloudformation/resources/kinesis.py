"""AWS::Kinesis::Stream."""

from typing import ClassVar

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
    fixed = frozenset({"StreamModeDetails", "Tags"})
    late = frozenset({"Name", "RetentionPeriodHours", "StreamEncryption", "Tags"})
    arns: ClassVar[Arns] = {"Arn": "arn:{partition}:kinesis:{region}:{account}:stream/{name}"}

    async def create(self, act: Acting, name: str, values: Values) -> Made:
        await act(self.creates, **self.asked(name, values))
        await self._active(act, name)
        if tags := self.request(values).get("Tags"):
            await act("AddTagsToStream", StreamName=name, Tags={tag["Key"]: tag["Value"] for tag in tags})
        await self._set(act, name, {}, values)
        return await self.made(act, name, values)

    async def update(self, act: Acting, name: str, old: Values, new: Values) -> Made:
        before, after = self.request(old), self.request(new)
        if after.get("ShardCount") != before.get("ShardCount") and "ShardCount" in after:
            count = after["ShardCount"]
            await act("UpdateShardCount", StreamName=name, TargetShardCount=count, ScalingType="UNIFORM_SCALING")
            await self._active(act, name)
        await self._set(act, name, old, new)
        return await self.made(act, name, new)

    async def _set(self, act: Acting, name: str, old: Values, new: Values) -> None:
        before, after = self.request(old), self.request(new)
        had, wanted = (side.get("RetentionPeriodHours", DEFAULT_HOURS) for side in (before, after))
        if had != wanted:
            operation = "IncreaseStreamRetentionPeriod" if wanted > had else "DecreaseStreamRetentionPeriod"
            await act(operation, StreamName=name, RetentionPeriodHours=wanted)
            await self._active(act, name)
        if before.get("StreamEncryption") != after.get("StreamEncryption"):
            if (now := before.get("StreamEncryption")) is not None:
                await act("StopStreamEncryption", StreamName=name, **now)
                await self._active(act, name)
            if (then := after.get("StreamEncryption")) is not None:
                await act("StartStreamEncryption", StreamName=name, **then)
                await self._active(act, name)

    async def _active(self, act: Acting, name: str) -> None:
        async def ready() -> bool:
            answer = await act(self.reads, StreamName=name)
            return bool(answer["StreamDescriptionSummary"]["StreamStatus"] == "ACTIVE")

        await act.until(ready)

    async def delete(self, act: Acting, name: str, values: Values) -> None:
        await super().delete(act, name, values)

        async def gone() -> bool:
            return not await self.exists(act, name, values)

        await act.until(gone)
