"""STS: sessions of the platform's own, which every service here recognises, and who it is that asks.

Owns AssumeRole, GetSessionToken, GetCallerIdentity and GetAccessKeyInfo; the rest is refused, since a base's
credentials would be nobody's here. AssumeRole: the role must exist, and DurationSeconds stay within it; its trust
policy is not evaluated, so ExternalId changes nothing, and the account's root may assume roles, which AWS refuses.
Session policies, tags and MFA are refused. A session of a role that IAM does not have (a job's, whose role is not
looked up) has a UserId made up from its ARN.
"""

from boathouse.call import Call
from boathouse.clock import Clock
from boathouse.lake.access_keys import AccessKeys
from boathouse.lake.sessions import Sessions
from boathouse.service import Service
from boathouse.services.sts.identities import Identities
from boathouse.services.sts.sessions import SessionApi


def build(*, sessions: Sessions, access_keys: AccessKeys, call: Call, clock: Clock) -> Service:
    identities = Identities(call, access_keys)
    return Service("sts", SessionApi(sessions, identities, clock), identities)
