"""The subscriptions of Lambda functions, by the token under which the base sends to each."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field

from boathouse.context import Principal, root_of
from boathouse.lake.state import State

KEPT_UNDER = ("", "")


@dataclass(slots=True)
class Subscription:
    """``arn`` is what clients know it by, ``base_arn`` what the base does; both empty until the base confirmed.

    ``url`` is where the base sends to, ``attributes`` what was set beyond SNS's defaults.
    """

    token: str
    topic: str
    function: str
    account: str
    url: str = ""
    arn: str = ""
    base_arn: str = ""
    attributes: dict[str, str] = field(default_factory=dict)

    @property
    def owner(self) -> Principal:
        """Whoever owns the topic's account, in the topic's region."""
        return root_of(self.account, self.topic.split(":")[3])


class Store:
    def __init__(self, state: State) -> None:
        self._subscriptions = state.collection("sns_subscriptions")

    def put(self, subscription: Subscription) -> None:
        self._subscriptions.put(KEPT_UNDER, subscription.token, asdict(subscription))

    def forget(self, subscription: Subscription) -> None:
        self._subscriptions.delete(KEPT_UNDER, subscription.token)

    def by_token(self, token: str) -> Subscription | None:
        document = self._subscriptions.get(KEPT_UNDER, token)
        return None if document is None else Subscription(**document)

    def by_arn(self, arn: str) -> Subscription | None:
        return next((known for known in self.all() if known.arn == arn and arn), None)

    def of_topic(self, topic: str) -> list[Subscription]:
        return [known for known in self.all() if known.topic == topic]

    def all(self) -> Iterator[Subscription]:
        for _, document in self._subscriptions.items(KEPT_UNDER):
            yield Subscription(**document)
