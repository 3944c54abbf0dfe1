"""Where a task finds itself: the profile of its process, the stack there, and what it works with."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipelines import settings
from pipelines import stack as stacks
from pipelines.athena import Athena
from pipelines.lakebucket import LakeBucket
from pipelines.lock import LEASE_ACROSS_TASKS, PublishLock
from pipelines.progress import Reporter
from pipelines.publishing import Publisher
from pipelines.runs import Limits
from pipelines.settings import Profile
from pipelines.stack import Stack


@dataclass(frozen=True, slots=True)
class Here:
    profile: Profile
    stack: Stack
    bucket: LakeBucket
    athena: Athena
    reporter: Reporter
    limits: Limits

    @classmethod
    def now(cls, environ: Mapping[str, str] | None = None) -> "Here":
        profile = settings.of_this_process(os.environ if environ is None else environ)
        stack = stacks.find(profile.client("cloudformation"))
        bucket, athena = LakeBucket.of(profile, stack), Athena.of(profile, stack)
        return cls(profile, stack, bucket, athena, Reporter(), Limits())

    @property
    def glue(self) -> Any:
        return self.profile.client("glue")

    def lock(self, run: str, *, across_tasks: bool = False) -> PublishLock:
        lease = LEASE_ACROSS_TASKS if across_tasks else self.limits.lease
        return PublishLock(self.bucket, run, patience=self.limits.lock_patience, lease=lease)

    def publisher(self, run: str, lock: PublishLock) -> Publisher:
        return Publisher.of(self.profile, self.stack, run, lock)

    def say(self, text: str) -> None:
        self.reporter.console.print(text, highlight=False)
