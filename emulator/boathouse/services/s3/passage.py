"""What is ours about S3 operations that the base answers: the bucket's policy, and the encryption they name.

The policy binds whoever asks, the account's root too; see actions.py for which operations ask for leave.
"""

import re
from collections.abc import MutableMapping

from boathouse.context import Context
from boathouse.errors import AwsError
from boathouse.service import Passed, Request
from boathouse.services.s3 import policies
from boathouse.services.s3.actions import Ask, asks
from boathouse.services.s3.keys import Keys
from boathouse.services.s3.store import Store

SSE = "x-amz-server-side-encryption"
SSE_KEY = "x-amz-server-side-encryption-aws-kms-key-id"
CONDITION_MEMBERS = {
    "s3:x-amz-acl": "ACL",
    "s3:x-amz-copy-source": "CopySource",
    "s3:x-amz-server-side-encryption": "ServerSideEncryption",
    "s3:x-amz-server-side-encryption-aws-kms-key-id": "SSEKMSKeyId",
    "s3:x-amz-server-side-encryption-customer-algorithm": "SSECustomerAlgorithm",
    "s3:x-amz-storage-class": "StorageClass",
    "s3:prefix": "Prefix",
    "s3:delimiter": "Delimiter",
}
PART_OPERATIONS = frozenset({"UploadPart", "UploadPartCopy", "CompleteMultipartUpload"})
UPLOAD_ENDS = frozenset({"CompleteMultipartUpload", "AbortMultipartUpload"})


class S3Passage:
    def __init__(self, store: Store, keys: Keys) -> None:
        self._store = store
        self._keys = keys

    async def authorise(self, context: Context, request: Request) -> None:
        for ask in asks(context.operation, request):
            text = self._store.policy(context.account, ask.bucket)
            if text is None:
                continue
            keys = self._condition_keys(context, request)
            if policies.read(text, ask.bucket).denies(ask, context.principal, keys):
                raise _denied(context, ask)

    async def before(self, context: Context, request: Request, headers: MutableMapping[str, str]) -> None:
        """The base asks for a key id with ``aws:kms``, and takes any; S3 has a default, and refuses unknown keys."""
        if headers.get(SSE) == "aws:kms":
            headers[SSE_KEY] = await self._keys.arn(context.principal, headers.get(SSE_KEY))

    async def after(self, context: Context, request: Request, passed: Passed) -> None:
        if (key := passed.headers.get(SSE_KEY)) and not key.startswith("arn:"):
            passed.headers[SSE_KEY] = await self._keys.arn(context.principal, key)
        if passed.status >= 300:
            return
        account, bucket = context.account, request.get("Bucket", "")
        if context.operation == "CreateMultipartUpload":
            self._store.start_upload(account, bucket, _upload_id(passed), _encryption(passed))
        elif context.operation in UPLOAD_ENDS:
            self._store.end_upload(account, bucket, request["UploadId"])
        elif context.operation == "DeleteBucket":
            self._store.forget_bucket(account, bucket)

    def wants_body(self, operation: str) -> bool:
        return operation == "CreateMultipartUpload"

    def _condition_keys(self, context: Context, request: Request) -> dict[str, str]:
        given = dict(request)
        if context.operation in PART_OPERATIONS:  # the header stands on CreateMultipartUpload alone: parts inherit it
            given |= self._store.upload(context.account, request["Bucket"], request["UploadId"])
        found = {key: str(given[member]) for key, member in CONDITION_MEMBERS.items() if given.get(member)}
        return found | {
            "aws:principalaccount": context.account,
            "aws:principalarn": _role_arn(context.principal.arn),
            "aws:securetransport": "true" if context.endpoint.startswith("https:") else "false",
        }


def _role_arn(arn: str) -> str:
    """aws:PrincipalArn of a role's session is the role's ARN.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """
    session = re.fullmatch(r"arn:aws:sts::(\d+):assumed-role/([^/]+)/.*", arn)
    return arn if session is None else f"arn:aws:iam::{session[1]}:role/{session[2]}"


def _encryption(passed: Passed) -> dict[str, str]:
    members = {"ServerSideEncryption": SSE, "SSEKMSKeyId": SSE_KEY}
    return {member: passed.headers[header] for member, header in members.items() if header in passed.headers}


def _upload_id(passed: Passed) -> str:
    found = re.search(rb"<UploadId>([^<]+)</UploadId>", passed.body or b"")
    if found is None:
        raise AwsError("InternalError", "emulator: the base's answer to CreateMultipartUpload names no UploadId")
    return found[1].decode()


def _denied(context: Context, ask: Ask) -> AwsError:
    return AwsError(
        "AccessDenied",
        f"User: {context.principal.arn} is not authorized to perform: {ask.action} on resource:"
        f' "{ask.resource}" with an explicit deny in a resource-based policy',
        status=403,
    )
