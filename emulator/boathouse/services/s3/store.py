"""What we keep of S3: each bucket's policy, and how each multipart upload under way is encrypted."""

from boathouse.context import Scope
from boathouse.lake.state import State

GLOBAL = ""
"""Buckets belong to an account, not to a region of it."""


def _scope(account: str) -> Scope:
    return account, GLOBAL


class Store:
    def __init__(self, state: State) -> None:
        self._policies = state.collection("s3.policies")
        self._uploads = state.collection("s3.uploads")

    def policy(self, account: str, bucket: str) -> str | None:
        document = self._policies.get(_scope(account), bucket)
        return None if document is None else document["policy"]

    def put_policy(self, account: str, bucket: str, policy: str) -> None:
        self._policies.put(_scope(account), bucket, {"policy": policy})

    def delete_policy(self, account: str, bucket: str) -> None:
        self._policies.delete(_scope(account), bucket)

    def start_upload(self, account: str, bucket: str, upload_id: str, encryption: dict[str, str]) -> None:
        self._uploads.put(_scope(account), f"{bucket}/{upload_id}", encryption)

    def upload(self, account: str, bucket: str, upload_id: str) -> dict[str, str]:
        """The encryption that parts of this upload inherit."""
        return self._uploads.get(_scope(account), f"{bucket}/{upload_id}") or {}

    def end_upload(self, account: str, bucket: str, upload_id: str) -> None:
        self._uploads.delete(_scope(account), f"{bucket}/{upload_id}")

    def forget_bucket(self, account: str, bucket: str) -> None:
        """What hangs on a bucket goes with it."""
        self.delete_policy(account, bucket)
        self._uploads.delete_prefix(_scope(account), f"{bucket}/")
