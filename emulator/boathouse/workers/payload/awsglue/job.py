"""A job's beginning and end. With bookmarks disabled, which is Glue's own default, there is nothing to keep."""

from typing import Any

from awsglue.context import GlueContext
from awsglue.gaps import Gaps, refuse

DISABLED = "job-bookmark-disable"


class Job(Gaps):
    MISSING = frozenset({"isInitialized", "reset", "rewind"})

    def __init__(self, glue_context: GlueContext) -> None:
        self.glue_context = glue_context

    def init(self, job_name: str, args: dict[str, Any] | None = None) -> None:
        """``args`` is what getResolvedOptions gave, which tells whether bookmarks are asked for."""
        if (option := (args or {}).get("job_bookmark_option", DISABLED)) != DISABLED:
            refuse(f"--job-bookmark-option {option} of {job_name}")

    def commit(self) -> None:
        """Would move the bookmarks on."""
