"""Access keys that last, as IAM gives them to users: whose each is. What else a user is, is the base's."""

from boathouse.context import Principal, Scope
from boathouse.errors import AwsError
from boathouse.lake.state import State

KEPT_UNDER: Scope = ("", "")
"""An access key's id is its own in all accounts."""


class AccessKeys:
    """A key that was made inactive or deleted stays known, so that it is refused instead of acting as somebody else."""

    def __init__(self, state: State) -> None:
        self._keys = state.collection("iam.access_keys")

    def remember(self, access_key: str, account: str, arn: str) -> None:
        self._keys.put(KEPT_UNDER, access_key, {"account": account, "arn": arn, "active": True})

    def set_active(self, access_key: str, active: bool) -> None:
        """Nothing for a key that was not made here."""
        if (document := self._keys.get(KEPT_UNDER, access_key)) is not None:
            self._keys.put(KEPT_UNDER, access_key, document | {"active": active})

    def account(self, access_key: str) -> str | None:
        document = self._keys.get(KEPT_UNDER, access_key)
        return None if document is None else document["account"]

    def find(self, access_key: str, region: str) -> Principal | None:
        """Who acts with this key; None for a key that was not made here. Raises InvalidClientTokenId for one that is
        inactive or deleted."""
        document = self._keys.get(KEPT_UNDER, access_key)
        if document is None:
            return None
        if not document["active"]:
            raise AwsError("InvalidClientTokenId", "The security token included in the request is invalid.", status=403)
        return Principal(document["account"], document["arn"], region, access_key)
