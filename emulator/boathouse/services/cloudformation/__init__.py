"""CloudFormation: stacks of the types that resources/ has, made for real by calls to their services.

Owns stacks, change sets, events and templates. Deviates: what it does not support (a type, a property, a function, a
member of a request) is refused by name before anything is made; RoleARN, Tags, notifications, nested stacks, drift,
transforms and imports are not supported; resources that are under way when another one fails run to their end before
the rollback. An answer to an operation that takes moments waits for it, since the AWS CLI asks each 30 s.
A platform that ends during an operation fails or finishes it at the next start: see deployments.py.
"""

from boathouse.call import Call
from boathouse.clock import Clock
from boathouse.lake.state import State
from boathouse.service import Service
from boathouse.services.cloudformation.api.change_sets import ChangeSets
from boathouse.services.cloudformation.api.resources import Resources
from boathouse.services.cloudformation.api.stacks import Stacks
from boathouse.services.cloudformation.api.templates import Templates
from boathouse.services.cloudformation.deployments import Deployments
from boathouse.services.cloudformation.proposals import Proposals
from boathouse.services.cloudformation.resources import resource_types
from boathouse.services.cloudformation.store import Store
from boathouse.services.cloudformation.work import Work


def build(*, state: State, clock: Clock, call: Call) -> Service:
    store, types = Store(state, clock), resource_types()
    proposals = Proposals(store, types, call)
    deployments = Deployments(store, Work(store, types, call, clock), clock)
    return Service(
        "cloudformation",
        Stacks(store, proposals, deployments, clock),
        ChangeSets(store, proposals, deployments, clock),
        Resources(store),
        Templates(store, proposals),
        deployments,
    )
