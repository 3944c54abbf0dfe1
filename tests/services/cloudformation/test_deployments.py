"""What no client can time: a platform that ends in the middle of an operation, and what else goes on at once.

The services around are a small world in memory, whose operations can be held up or broken.
"""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from boathouse.call import Call, Params, Result
from boathouse.clock import Clock
from boathouse.context import Context, Principal
from boathouse.errors import AwsError
from boathouse.lake.state import State
from boathouse.services import cloudformation
from boathouse.services.cloudformation.deployments import INTERRUPTED

WITHIN = 10.0
CALLER = Principal("000000000000", "arn:aws:iam::000000000000:user/ann", "us-east-1", "AKIAANN")


class World:
    """Buckets with one lifecycle rule. ``held`` operations wait, after their work, until the platform has ended."""

    def __init__(self) -> None:
        self.buckets: dict[str, int | None] = {}
        self.held: set[tuple[str, str]] = set()
        self.broken: dict[tuple[str, str], Exception] = {}
        self._waiting: set[tuple[str, str]] = set()
        self.reached = asyncio.Event()
        self.go = asyncio.Event()
        self.asked: list[tuple[str, str]] = []
        self.actors: set[Principal] = set()

    async def __call__(self, service: str, operation: str, params: Params, principal: Principal) -> Result:
        assert service == "s3"
        bucket = params["Bucket"]
        what = (operation, bucket)
        self.asked.append(what)
        self.actors.add(principal)
        if what in self.broken:
            raise self.broken[what]
        self._do(operation, bucket, params)
        if what in self.held:
            self._waiting.add(what)
            if self._waiting == self.held:
                self.reached.set()
            await self.go.wait()
        return {}

    def _do(self, operation: str, bucket: str, params: Params) -> None:
        if operation == "CreateBucket":
            self.buckets[bucket] = None
        elif bucket not in self.buckets:
            raise AwsError("404" if operation == "HeadBucket" else "NoSuchBucket", "no such bucket")
        elif operation == "PutBucketLifecycleConfiguration":
            self.buckets[bucket] = params["LifecycleConfiguration"]["Rules"][0]["Expiration"]["Days"]
        elif operation == "DeleteBucket":
            del self.buckets[bucket]


class Platform:
    """CloudFormation alone, on a state that outlives it."""

    def __init__(self, path: Path, world: World) -> None:
        self._state = State(path)
        call = Call()
        call.bind(world)
        self._world = world
        self.service = cloudformation.build(state=self._state, clock=Clock(hurry=60), call=call)

    async def ask(self, operation: str, **params: Any) -> dict[str, Any]:
        context = Context("request", "cloudformation", operation, CALLER, "http://localhost")
        return await self.service.handlers[operation](context, {"StackName": "s", **params}) or {}

    async def reach(self, operation: str, **params: Any) -> None:
        """Asks for an operation and returns when the world holds up all that it was to hold."""
        asking = asyncio.create_task(self.ask(operation, **params))
        await asyncio.wait_for(self._world.reached.wait(), WITHIN)
        asking.cancel()

    async def end(self) -> None:
        """As kill -9 does: nothing is written any more."""
        await self.service.stop()
        self._state.close()

    async def settled(self, name: str = "s") -> dict[str, Any]:
        async with asyncio.timeout(WITHIN):
            while True:
                (stack,) = (await self.ask("DescribeStacks", StackName=name))["Stacks"]
                if not stack["StackStatus"].endswith("IN_PROGRESS"):
                    found: dict[str, Any] = stack
                    return found
                await asyncio.sleep(0)

    async def events(self, name: str = "s") -> list[tuple[str, str, str]]:
        events = (await self.ask("DescribeStackEvents", StackName=name))["StackEvents"]
        return [
            (event["LogicalResourceId"], event["ResourceStatus"], event.get("ResourceStatusReason", ""))
            for event in reversed(events)
        ]


def template(first: str, second: str, days: int = 1, *, replace_policy: str = "Delete") -> str:
    return f"""
Resources:
  First:
    Type: AWS::S3::Bucket
    UpdateReplacePolicy: {replace_policy}
    Properties:
      BucketName: {first}
      LifecycleConfiguration: {{Rules: [{{Status: Enabled, ExpirationInDays: {days}}}]}}
  Second: {{Type: AWS::S3::Bucket, DependsOn: First, Properties: {{BucketName: {second}}}}}
"""


Story = Callable[[Path], Coroutine[Any, Any, None]]


def told(story: Story) -> Callable[[Path], None]:
    """A test whose story is a coroutine."""

    def test(tmp_path: Path) -> None:
        asyncio.run(story(tmp_path))

    return test


async def restarted(path: Path, world: World, platform: Platform) -> Platform:
    await platform.end()
    world.held.clear()
    again = Platform(path, world)
    await again.service.start()
    return again


@told
async def test_a_creation_that_was_cut_off_is_rolled_back(tmp_path: Path) -> None:
    path, world = tmp_path / "state", World()
    platform = Platform(path, world)
    world.held.add(("CreateBucket", "two"))
    await platform.reach("CreateStack", TemplateBody=template("one", "two"))
    assert set(world.buckets) == {"one", "two"}
    platform = await restarted(path, world, platform)
    stack = await platform.settled()
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    # Also the one of which nobody had heard that it was made: its name was on record before.
    assert world.buckets == {}
    events = await platform.events()
    assert ("Second", "CREATE_FAILED", INTERRUPTED) in events
    assert ("s", "ROLLBACK_IN_PROGRESS", f"{INTERRUPTED}. Rollback requested by user.") in events
    assert world.actors == {CALLER}
    await platform.end()


@told
async def test_a_creation_cut_off_before_its_call_leaves_the_bucket_of_somebody_else(tmp_path: Path) -> None:
    path, world = tmp_path / "state", World()
    world.buckets["two"] = None
    platform = Platform(path, world)
    world.held.add(("HeadBucket", "two"))
    await platform.reach("CreateStack", TemplateBody=template("one", "two"))
    platform = await restarted(path, world, platform)
    assert (await platform.settled())["StackStatus"] == "ROLLBACK_COMPLETE"
    assert world.buckets == {"two": None}
    await platform.end()


@told
async def test_an_update_that_was_cut_off_is_undone(tmp_path: Path) -> None:
    path, world = tmp_path / "state", World()
    platform = Platform(path, world)
    await platform.ask("CreateStack", TemplateBody=template("one", "two"))
    world.held.add(("PutBucketLifecycleConfiguration", "one"))
    await platform.reach("UpdateStack", TemplateBody=template("one", "two", days=2))
    assert world.buckets["one"] == 2
    platform = await restarted(path, world, platform)
    assert (await platform.settled())["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert world.buckets == {"one": 1, "two": None}
    await platform.end()


@told
async def test_a_replacement_that_was_cut_off_is_taken_away(tmp_path: Path) -> None:
    path, world = tmp_path / "state", World()
    platform = Platform(path, world)
    await platform.ask("CreateStack", TemplateBody=template("one", "two"))
    world.held.add(("CreateBucket", "three"))
    await platform.reach("UpdateStack", TemplateBody=template("three", "two"))
    platform = await restarted(path, world, platform)
    assert (await platform.settled())["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert world.buckets == {"one": 1, "two": None}
    (detail,) = (await platform.ask("DescribeStackResource", LogicalResourceId="First")).values()
    assert detail["PhysicalResourceId"] == "one"
    await platform.end()


@pytest.mark.parametrize("operation", ["UpdateStack", "DeleteStack"])
def test_a_clean_up_and_a_deletion_go_on(tmp_path: Path, operation: str) -> None:
    async def story() -> None:
        path, world = tmp_path / "state", World()
        platform = Platform(path, world)
        stack_id = (await platform.ask("CreateStack", TemplateBody=template("one", "two")))["StackId"]
        world.held.add(("DeleteBucket", "one"))
        given = {"TemplateBody": template("three", "two")} if operation == "UpdateStack" else {}
        await platform.reach(operation, **given)
        platform = await restarted(path, world, platform)
        status = (await platform.settled(stack_id))["StackStatus"]
        if operation == "UpdateStack":
            assert (status, world.buckets) == ("UPDATE_COMPLETE", {"two": None, "three": 1})
        else:
            assert (status, world.buckets) == ("DELETE_COMPLETE", {})
        await platform.end()

    asyncio.run(story())


@told
async def test_a_rollback_that_was_cut_off_goes_on(tmp_path: Path) -> None:
    path, world = tmp_path / "state", World()
    platform = Platform(path, world)
    world.broken["CreateBucket", "two"] = AwsError("InvalidBucketName", "no")
    world.held.add(("DeleteBucket", "one"))
    await platform.reach("CreateStack", TemplateBody=template("one", "two"))
    platform = await restarted(path, world, platform)
    assert (await platform.settled())["StackStatus"] == "ROLLBACK_COMPLETE"
    assert world.buckets == {}
    await platform.end()


@told
async def test_a_creation_may_be_given_up(tmp_path: Path) -> None:
    world = World()
    platform = Platform(tmp_path / "state", world)
    world.held.add(("CreateBucket", "one"))
    await platform.reach("CreateStack", TemplateBody=template("one", "two"))
    (stack,) = (await platform.ask("DescribeStacks"))["Stacks"]
    deleting = asyncio.create_task(platform.ask("DeleteStack"))
    await asyncio.sleep(0)
    world.go.set()
    await deleting
    assert (await platform.settled(stack["StackId"]))["StackStatus"] == "DELETE_COMPLETE"
    # What had been begun has ended, and is gone; nothing else was begun.
    assert world.buckets == {}
    assert ("CreateBucket", "two") not in world.asked
    statuses = [status for who, status, _ in await platform.events(stack["StackId"]) if who == "s"]
    assert statuses == ["CREATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "DELETE_COMPLETE"]
    await platform.end()


@told
async def test_what_does_not_need_each_other_is_made_at_once(tmp_path: Path) -> None:
    world = World()
    platform = Platform(tmp_path / "state", world)
    names = ("a", "b", "c")
    world.held |= {("CreateBucket", name) for name in names}
    bodies = [f"  {name}: {{Type: AWS::S3::Bucket, Properties: {{BucketName: {name}}}}}" for name in names]
    await platform.reach("CreateStack", TemplateBody="Resources:\n" + "\n".join(bodies))
    assert set(world.buckets) == set(names)
    world.go.set()
    assert (await platform.settled())["StackStatus"] == "CREATE_COMPLETE"
    await platform.end()


@told
async def test_a_rollback_that_fails_says_so(tmp_path: Path) -> None:
    world = World()
    platform = Platform(tmp_path / "state", world)
    await platform.ask("CreateStack", TemplateBody=template("one", "two"))
    world.broken["PutBucketLifecycleConfiguration", "one"] = AwsError("AccessDenied", "Access Denied")
    await platform.ask("UpdateStack", TemplateBody=template("one", "two", days=2))
    stack = await platform.settled()
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_FAILED"
    assert stack["StackStatusReason"] == "The following resource(s) failed to update: [First]. "
    failures = [reason for _, status, reason in await platform.events() if status == "UPDATE_FAILED"]
    assert all("Access Denied (Service: s3; Error Code: AccessDenied)" in reason for reason in failures)
    await platform.end()


@told
async def test_a_stack_whose_rollback_failed_is_deleted_with_all_that_it_made(tmp_path: Path) -> None:
    world = World()
    platform = Platform(tmp_path / "state", world)
    buckets = """
    Resources:
      A: {{Type: AWS::S3::Bucket, Properties: {{BucketName: {name}}}}}
      B:
        Type: AWS::S3::Bucket
        DependsOn: A
        Properties:
          BucketName: b
          LifecycleConfiguration: {{Rules: [{{Status: Enabled, ExpirationInDays: {days}}}]}}
    """
    stack_id = (await platform.ask("CreateStack", TemplateBody=buckets.format(name="a", days=1)))["StackId"]
    world.broken["PutBucketLifecycleConfiguration", "b"] = AwsError("AccessDenied", "Access Denied")
    await platform.ask("UpdateStack", TemplateBody=buckets.format(name="successor", days=2))
    assert (await platform.settled())["StackStatus"] == "UPDATE_ROLLBACK_FAILED"
    assert world.buckets == {"a": None, "b": 1, "successor": None}
    await platform.ask("DeleteStack")
    assert (await platform.settled(stack_id))["StackStatus"] == "DELETE_COMPLETE"
    assert world.buckets == {}
    await platform.end()


@told
async def test_a_fault_of_ours_ends_the_operation(tmp_path: Path) -> None:
    world = World()
    platform = Platform(tmp_path / "state", world)
    world.broken["CreateBucket", "one"] = RuntimeError("a fault")
    await platform.ask("CreateStack", TemplateBody=template("one", "two"))
    stack = await platform.settled()
    assert stack["StackStatus"] == "CREATE_FAILED"
    assert stack["StackStatusReason"] == "emulator: internal error; the platform's log has it"
    await platform.end()


@told
async def test_an_operation_under_way_keeps_others_off(tmp_path: Path) -> None:
    world = World()
    platform = Platform(tmp_path / "state", world)
    await platform.ask("CreateStack", TemplateBody=template("one", "two"))
    world.held.add(("PutBucketLifecycleConfiguration", "one"))
    await platform.reach("UpdateStack", TemplateBody=template("one", "two", days=2))
    (stack,) = (await platform.ask("DescribeStacks"))["Stacks"]
    with pytest.raises(
        AwsError, match=f"Stack:{stack['StackId']} is in UPDATE_IN_PROGRESS state and can not be updated"
    ):
        await platform.ask("UpdateStack", TemplateBody=template("one", "two", days=3))
    with pytest.raises(AwsError, match=r"Stack \[s\] cannot be deleted while in status UPDATE_IN_PROGRESS"):
        await platform.ask("DeleteStack")
    world.go.set()
    assert (await platform.settled())["StackStatus"] == "UPDATE_COMPLETE"
    await platform.end()
