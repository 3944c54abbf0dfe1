"""What stops a run, said for a person: what happened and what to do next. The command line gives the exit code."""


class PipelineError(Exception):
    """Something a person can act on. ``exit_code`` is the process's."""

    exit_code = 1


class Refused(PipelineError):
    """The request cannot be carried out as it stands; nothing was written."""

    exit_code = 2


class NoPlatform(PipelineError):
    """Nothing runs where the profile points."""

    exit_code = 3


class Incomplete(PipelineError):
    """The run stopped before all of its work was done; running it again goes on safely."""

    exit_code = 4


class DoesNotAddUp(PipelineError):
    """Events are missing or invented: the equation did not close, or a table failed its checks."""

    exit_code = 5
