"""Lambda functions from a zip, run for real: invoked, asynchronously too, timed out, logged.

Owns functions ($LATEST only), invocations, resource policies and tags. Deviates: python3.11 to python3.13 all run on
the interpreter that runs the platform; a function is Active at once; its role is not looked up; memory is not limited;
GetFunction gives no download link; more invocations than there are workers wait instead of being throttled.
"""

from boathouse.call import Call
from boathouse.clock import Clock
from boathouse.lake.sessions import Sessions
from boathouse.lake.state import State
from boathouse.service import Service
from boathouse.services.lambda_.api.functions import Functions
from boathouse.services.lambda_.api.invocations import Invocations
from boathouse.services.lambda_.api.permissions import Permissions
from boathouse.services.lambda_.api.tags import Tags
from boathouse.services.lambda_.api.updates import Updates
from boathouse.services.lambda_.events import Events
from boathouse.services.lambda_.keys import SessionKeys
from boathouse.services.lambda_.packages import Packages
from boathouse.services.lambda_.runner import Runner
from boathouse.services.lambda_.store import Store
from boathouse.settings import Settings
from boathouse.workers.lambda_ import KEY_SECONDS, Pool
from boathouse.workers.supervisor import Supervisor


def build(
    *, state: State, clock: Clock, call: Call, settings: Settings, sessions: Sessions, supervisor: Supervisor
) -> Service:
    store = Store(state, clock)
    packages = Packages(settings.state_dir / "lambda", settings.work_dir / "lambda", call)
    pool = Pool(supervisor, call, clock, SessionKeys(sessions, KEY_SECONDS))
    runner = Runner(pool, packages, settings.endpoint)
    events = Events(state, clock, store, runner)
    return Service(
        "lambda",
        runner,
        events,
        Functions(store, packages, runner),
        Updates(store, packages),
        Invocations(store, runner, events),
        Permissions(store),
        Tags(store),
    )
