"""What we keep of S3: each bucket's policy, its configurations that the base would refuse, and how each multipart
upload under way is encrypted."""

from dataclasses import asdict, dataclass
from typing import Any

from boathouse.context import Scope
from boathouse.lake.state import State

EVERYWHERE: Scope = ("", "")
"""A bucket's name is its own in all accounts and regions."""


@dataclass(frozen=True, slots=True)
class StoredPolicy:
    """``account`` is the bucket's owner."""

    account: str
    text: str


class Store:
    def __init__(self, state: State) -> None:
        self._policies = state.collection("s3.policies")
        self._owners = state.collection("s3.owners")
        self._uploads = state.collection("s3.uploads")
        self._configurations = state.collection("s3.configurations")

    def policy(self, bucket: str) -> StoredPolicy | None:
        document = self._policies.get(EVERYWHERE, bucket)
        return None if document is None else StoredPolicy(**document)

    def put_policy(self, bucket: str, policy: StoredPolicy) -> None:
        self._policies.put(EVERYWHERE, bucket, asdict(policy))

    def delete_policy(self, bucket: str) -> None:
        self._policies.delete(EVERYWHERE, bucket)

    def owner(self, bucket: str) -> str | None:
        """The account that made the bucket; None for one that was there before us."""
        document = self._owners.get(EVERYWHERE, bucket)
        return None if document is None else str(document["account"])

    def own(self, bucket: str, account: str) -> None:
        """The first owner stays: to make one's own bucket again may succeed."""
        if self.owner(bucket) is None:
            self._owners.put(EVERYWHERE, bucket, {"account": account})

    def configuration(self, bucket: str, kind: str) -> dict[str, Any] | None:
        return self._configurations.get(EVERYWHERE, f"{bucket}/{kind}")

    def put_configuration(self, bucket: str, kind: str, configuration: dict[str, Any]) -> None:
        self._configurations.put(EVERYWHERE, f"{bucket}/{kind}", configuration)

    def delete_configuration(self, bucket: str, kind: str) -> None:
        self._configurations.delete(EVERYWHERE, f"{bucket}/{kind}")

    def start_upload(self, bucket: str, upload_id: str, encryption: dict[str, str]) -> None:
        self._uploads.put(EVERYWHERE, f"{bucket}/{upload_id}", encryption)

    def upload(self, bucket: str, upload_id: str) -> dict[str, str]:
        """The encryption that parts of this upload inherit."""
        return self._uploads.get(EVERYWHERE, f"{bucket}/{upload_id}") or {}

    def end_upload(self, bucket: str, upload_id: str) -> None:
        self._uploads.delete(EVERYWHERE, f"{bucket}/{upload_id}")

    def forget_bucket(self, bucket: str) -> None:
        """What hangs on a bucket goes with it."""
        self.delete_policy(bucket)
        self._owners.delete(EVERYWHERE, bucket)
        self._uploads.delete_prefix(EVERYWHERE, f"{bucket}/")
        self._configurations.delete_prefix(EVERYWHERE, f"{bucket}/")
