from tests.bases.both import aws_dir, aws_env, bases, client, localstack_base, platform
from tests.services.sns.conftest import sink, topics

__all__ = ["aws_dir", "aws_env", "bases", "client", "localstack_base", "platform", "sink", "topics"]
