"""IAM: users, roles and policies are the base's; ours is whose an access key is, so that it acts as its user.

Keys of CreateAccessKey act in their user's account and name the user. An inactive or deleted key is refused, by every
service with InvalidClientTokenId. No identity policy is evaluated: a user may do what the account's root may. A user
who asks about themselves without saying their name is refused, since the base would take them for the root.
"""

from boathouse.call import Call
from boathouse.lake.access_keys import AccessKeys
from boathouse.service import Service
from boathouse.services.iam.passage import IamPassage


def build(*, access_keys: AccessKeys, call: Call) -> Service:
    return Service("iam", rest="base", passage=IamPassage(access_keys, call))
