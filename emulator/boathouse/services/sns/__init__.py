"""SNS: subscriptions of Lambda functions are ours, since a base would look for the function in a Lambda of its own.

At the base such a subscription is one by HTTP to this gateway; clients see it as what they asked for. What arrives is
an asynchronous invocation, if the function's policy lets sns.amazonaws.com: retries are Lambda's. All else is the
base's. Deviates: no dead-letter queue for such a subscription; UnsubscribeUrl needs a signature here; a message that
is structured by protocol is refused by a topic with such a subscription if it has an http or a lambda part.
"""

from boathouse.call import Call
from boathouse.lake.state import State
from boathouse.service import Service
from boathouse.services.sns.attachment import Attachment
from boathouse.services.sns.delivery import Delivery
from boathouse.services.sns.passage import SnsPassage
from boathouse.services.sns.store import Store
from boathouse.services.sns.subscriptions import Subscriptions
from boathouse.settings import Settings


def build(*, state: State, call: Call, to_base: Call, settings: Settings) -> Service:
    store = Store(state)
    attachment = Attachment(store, to_base, settings.callback)
    delivery = Delivery(store, attachment, call, settings.endpoint)
    return Service(
        "sns",
        Subscriptions(store, attachment, to_base),
        attachment,
        delivery,
        rest="base",
        passage=SnsPassage(store),
        inbound=delivery.take,
    )
