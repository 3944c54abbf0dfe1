"""CloudWatch: alarms on one metric are ours, metrics and dashboards are the base's.

Bases look at an alarm too rarely, without its dimensions, or never let it go back, and then it is silent for good.
Ours follow what AWS documents of periods, missing data and M out of N. Deviates: data is looked at as soon as it is
put, and a period that is not over counts once it can only breach more; actions are SNS topics, whose policies are not
asked; a message names the region by its code. Composite alarms, metric math and anomaly bands are refused by name.
"""

from boathouse.call import Call
from boathouse.clock import Clock
from boathouse.lake.state import State
from boathouse.service import Service
from boathouse.services.cloudwatch.alarms import Alarms
from boathouse.services.cloudwatch.history import History
from boathouse.services.cloudwatch.notices import Notices
from boathouse.services.cloudwatch.passage import CloudWatchPassage
from boathouse.services.cloudwatch.store import Store
from boathouse.services.cloudwatch.tags import Tags
from boathouse.services.cloudwatch.watch import Watch


def build(*, state: State, clock: Clock, call: Call, to_base: Call) -> Service:
    store, history = Store(state), History(state, clock)
    notices = Notices(state, call, history)
    watch = Watch(state, store, history, notices, call, clock)
    return Service(
        "cloudwatch",
        Alarms(store, history, watch, clock),
        history,
        Tags(store, to_base),
        notices,
        watch,
        rest="base",
        passage=CloudWatchPassage(watch),
    )
