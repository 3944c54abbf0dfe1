"""S3: bucket policies are ours, and so is what an object's encryption is called; objects are the base's.

Deviations: policies bind object operations and listings (actions.py), not operations on a bucket's configuration;
the base keeps objects in the clear, so encryption is what requests and answers say of it.
"""

from boathouse.call import Call
from boathouse.lake.state import State
from boathouse.service import Service
from boathouse.services.s3.api import BucketPolicies
from boathouse.services.s3.keys import Keys
from boathouse.services.s3.passage import S3Passage
from boathouse.services.s3.store import Store


def build(*, state: State, call: Call) -> Service:
    store = Store(state)
    return Service("s3", BucketPolicies(store, call), rest="base", passage=S3Passage(store, Keys(call)))
