from tests.bases.both import bases, localstack_base, platform
from tests.services.sns.conftest import sink, topics

__all__ = ["bases", "localstack_base", "platform", "sink", "topics"]
