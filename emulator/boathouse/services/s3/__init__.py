"""S3: bucket policies are ours, and so is what an object's encryption is called; objects are the base's.

Deviations: policies bind object operations and listings (actions.py), not operations on a bucket's configuration;
the base keeps objects in the clear, so encryption is what requests and answers say of it. Another account gets in
where the policy allows it, but for copies between two accounts.

A bucket policy may say: Allow and Deny; principals * or AWS; StringEquals, StringLike, ArnEquals and ArnLike with their
negations (and, of StringEquals, IgnoreCase), each also IfExists, Bool and Null; the keys aws:PrincipalAccount,
aws:PrincipalArn, aws:SecureTransport, s3:prefix, s3:delimiter, and of s3:x-amz- acl, copy-source, storage-class and
the server-side-encryption keys. All else is refused when the policy is put.
"""

from boathouse.call import Call
from boathouse.lake.state import State
from boathouse.service import Service
from boathouse.services.s3.api import BucketPolicies
from boathouse.services.s3.configurations import resources
from boathouse.services.s3.deletions import Deletions
from boathouse.services.s3.keys import Keys
from boathouse.services.s3.own_key import OwnKey
from boathouse.services.s3.passage import S3Passage
from boathouse.services.s3.store import Store


def build(*, state: State, call: Call, to_base: Call, base_has_own_key: bool) -> Service:
    """``base_has_own_key``: the base of S3 is not that of KMS, and encrypts with a key that only it knows."""
    store, keys = Store(state), Keys(call)
    own_key = OwnKey(store, call) if base_has_own_key else None
    passage = S3Passage(store, keys, own_key)
    refused_there = resources(store, call) if base_has_own_key else []
    ours = [BucketPolicies(store, call), Deletions(passage, to_base), keys, *refused_there]
    return Service("s3", *ours, rest="base", passage=passage)
