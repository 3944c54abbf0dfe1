"""Two that deploy at once, as a container does and somebody who does not wait for it: neither fails."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from boathouse import launch, profile
from boathouse.settings import Settings
from pipelines.stack import STACK_NAME
from tests.e2e.lakehouse import Lakehouse


def test_the_second_waits_for_the_first(tmp_path: Path) -> None:
    aws_dir = tmp_path / "aws"
    platform = launch.launch(Settings(ephemeral=True, port=launch.free_port(), aws_dir=aws_dir, workers=0))
    try:
        lakehouse = Lakehouse(dict(os.environ) | profile.environment(aws_dir))
        with ThreadPoolExecutor(3) as pool:
            said = list(pool.map(lambda _: lakehouse.pipelines("deploy"), range(3)))
        assert len(said) == 3
        assert lakehouse.stack.bucket == "github-analytics-data"
        events = lakehouse.profile.client("cloudformation").describe_stack_events(StackName=STACK_NAME)["StackEvents"]
        created = [event for event in events if event["ResourceStatus"] == "CREATE_COMPLETE"]
        assert len({event["LogicalResourceId"] for event in created}) == len(created)
    finally:
        platform.stop()
