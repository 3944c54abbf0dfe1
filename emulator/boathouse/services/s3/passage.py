"""What is ours about S3 operations that the base answers: the bucket's policy, and the encryption they name.

The policy binds whoever asks, the account's root too, and lets other accounts in; see actions.py for which operations
ask for leave.
"""

import re
from collections.abc import MutableMapping
from urllib.parse import quote

from boathouse.context import WORKER_KEY_PREFIX, Context
from boathouse.errors import AwsError
from boathouse.service import Passed, Request
from boathouse.services.s3 import policies
from boathouse.services.s3.actions import Ask, asks
from boathouse.services.s3.headers import KMS, MEMBERS, SSE, SSE_KEY
from boathouse.services.s3.keys import Keys
from boathouse.services.s3.own_key import OwnKey
from boathouse.services.s3.store import Store, StoredPolicy
from boathouse.settings import MARKER

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
EXPECTED_OWNERS = ("ExpectedBucketOwner", "ExpectedSourceBucketOwner")
LISTED = re.compile(rb"<Bucket>(?:(?!</Bucket>).)*?<Name>(?P<name>[^<]*)</Name>.*?</Bucket>", re.DOTALL)
LOCATION = re.compile(rb"(?<=<Location>)[^<]*")
REWRITTEN = frozenset({"CompleteMultipartUpload", "CreateBucket"})
EXPLICITLY = "with an explicit deny in a resource-based policy"
UNSAID = "because no resource-based policy allows the {action} action"
KEY_WITHOUT_KMS = (
    "Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms"
)


class S3Passage:
    """``own_key``: where the base is not the KMS's."""

    def __init__(self, store: Store, keys: Keys, own_key: OwnKey | None = None) -> None:
        self._store = store
        self._keys = keys
        self._own_key = own_key

    def concerns(self, operation: str) -> bool:
        return True

    async def authorise(self, context: Context, request: Request) -> None:
        owner = self.account(context, request)
        if any(request.get(member, owner) != owner for member in EXPECTED_OWNERS):
            raise AwsError("AccessDenied", "Access Denied", status=403)
        if context.operation == "DeleteObjects":  # of which each key stands for itself
            return
        asked = list(asks(context.operation, request))
        for ask in asked:
            if (refusal := self.refusal(context, request, ask)) is not None:
                raise refusal
        if not asked and context.operation != "CreateBucket" and self._is_foreign(context, request.get("Bucket", "")):
            raise AwsError("AccessDenied", "Access Denied", status=403)

    def refusal(self, context: Context, request: Request, ask: Ask) -> AwsError | None:
        """Why the bucket's policy does not let this be done, or for want of one its owner does not; None where it is
        let. Not all bases keep accounts apart."""
        stored = self._store.policy(ask.bucket)
        if stored is not None and self._denies(context, request, ask, stored):
            return _denied(context, ask, EXPLICITLY)
        if self._is_foreign(context, ask.bucket) and not self._lets_in(context, request, ask):
            return _denied(context, ask, UNSAID.format(action=ask.action))
        return None

    def _is_foreign(self, context: Context, bucket: str) -> bool:
        """Whether the bucket is known to be another account's."""
        return self._store.owner(bucket) not in (None, context.account)

    def _denies(self, context: Context, request: Request, ask: Ask, stored: StoredPolicy) -> bool:
        keys = self._condition_keys(context, request)
        return policies.read(stored.text, ask.bucket).denies(ask, context.principal, keys)

    def account(self, context: Context, request: Request) -> str:
        """The bucket's owner's, where its policy allows another account all that is asked for."""
        owners = {self._lets_in(context, request, ask) for ask in asks(context.operation, request)}
        owner = owners.pop() if len(owners) == 1 else None
        return owner or context.account

    def _lets_in(self, context: Context, request: Request, ask: Ask) -> str | None:
        """The account that allows another what it asks for."""
        stored = self._store.policy(ask.bucket)
        if stored is None or stored.account == context.account:
            return None
        keys = self._condition_keys(context, request)
        allowed = policies.read(stored.text, ask.bucket).allows(ask, context.principal, keys)
        return stored.account if allowed else None

    async def before(self, context: Context, request: Request, headers: MutableMapping[str, str]) -> None:
        """The base asks for a key id with ``aws:kms``, and takes any; S3 has a default, and refuses unknown keys."""
        if self._own_key is not None:
            self._own_key.add_default(context, request, headers)
        if headers.get(SSE) in KMS:
            account = self.account(context, request)
            headers[SSE_KEY] = await self._keys.arn(account, context.region, headers.get(SSE_KEY))
        elif SSE_KEY in headers:
            raise AwsError("InvalidArgument", KEY_WITHOUT_KMS, status=400)
        if self._own_key is not None:
            await self._own_key.hide(context, request, headers)

    async def after(self, context: Context, request: Request, passed: Passed) -> None:
        if self._own_key is not None:
            self._own_key.reveal(context, request, passed)
        if passed.headers.get(SSE) in KMS:
            await self._name_key(context, request, passed)
        if passed.status >= 300:
            return
        bucket = request.get("Bucket", "")
        if context.operation == "ListBuckets":
            passed.headers.pop("content-length", None)
            passed.body = LISTED.sub(lambda found: self._listed(context, found), passed.body or b"")
        elif context.operation in REWRITTEN:
            _rewrite(context, request, passed)
        if context.operation == "CreateMultipartUpload":
            self._store.start_upload(bucket, _upload_id(passed), _encryption(passed))
        elif context.operation in UPLOAD_ENDS:
            self._store.end_upload(bucket, request["UploadId"])
        elif context.operation == "CreateBucket":
            self._store.own(bucket, context.account)
        elif context.operation == "DeleteBucket":
            self._store.forget_bucket(bucket)

    def _listed(self, context: Context, entry: re.Match[bytes]) -> bytes:
        """Of a base without accounts the list has everybody's buckets, and our own."""
        name = entry["name"].decode()
        return b"" if name.startswith(MARKER) or self._is_foreign(context, name) else entry[0]

    async def _name_key(self, context: Context, request: Request, passed: Passed) -> None:
        """The base says a bare id, and of a bucket's default encryption without a key nothing."""
        account, region = self.account(context, request), context.region
        if (arn := await self._keys.answered(account, region, passed.headers.get(SSE_KEY))) is not None:
            passed.headers[SSE_KEY] = arn

    def wants_body(self, operation: str) -> bool:
        return operation in REWRITTEN or operation in ("CreateMultipartUpload", "ListBuckets")

    def _condition_keys(self, context: Context, request: Request) -> dict[str, str]:
        given = dict(request)
        if context.operation in PART_OPERATIONS:  # the header stands on CreateMultipartUpload alone: parts inherit it
            given |= self._store.upload(request["Bucket"], request["UploadId"])
        found = {key: str(given[member]) for key, member in CONDITION_MEMBERS.items() if given.get(member)}
        return found | {
            "aws:principalaccount": context.account,
            "aws:principalarn": _role_arn(context.principal.arn),
            "aws:securetransport": "true" if _is_secure(context) else "false",
        }


def _is_secure(context: Context) -> bool:
    """Jobs, functions and engines ask as AWS's own machines would, over TLS, whatever endpoint we gave them."""
    return context.endpoint.startswith("https:") or context.principal.access_key.startswith(WORKER_KEY_PREFIX)


def _role_arn(arn: str) -> str:
    """aws:PrincipalArn of a role's session is the role's ARN.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """
    session = re.fullmatch(r"arn:aws:sts::(\d+):assumed-role/([^/]+)/.*", arn)
    return arn if session is None else f"arn:aws:iam::{session[1]}:role/{session[2]}"


def _encryption(passed: Passed) -> dict[str, str]:
    return {member: passed.headers[header] for member, header in MEMBERS.items() if header in passed.headers}


def _rewrite(context: Context, request: Request, passed: Passed) -> None:
    """A base names itself in URLs; ours go by the name that the client knows us by."""
    if context.operation == "CompleteMultipartUpload":
        url = f"{context.endpoint}/{request['Bucket']}/{quote(request['Key'])}".encode()
        passed.body = LOCATION.sub(lambda _: url, passed.body or b"")
    elif passed.headers.get("location", "").startswith("http"):
        passed.headers["location"] = f"{context.endpoint}/{request['Bucket']}"
    passed.headers.pop("content-length", None)


def _upload_id(passed: Passed) -> str:
    found = re.search(rb"<UploadId>([^<]+)</UploadId>", passed.body or b"")
    if found is None:
        raise AwsError("InternalError", "emulator: the base's answer to CreateMultipartUpload names no UploadId")
    return found[1].decode()


def _denied(context: Context, ask: Ask, why: str) -> AwsError:
    return AwsError(
        "AccessDenied",
        f'User: {context.principal.arn} is not authorized to perform: {ask.action} on resource: "{ask.resource}" {why}',
        status=403,
    )
