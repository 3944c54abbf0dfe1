"""Bucket policies: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html and its siblings."""

from boathouse.call import Call
from boathouse.context import Context
from boathouse.errors import AwsError
from boathouse.service import Request, Response, operation
from boathouse.services.s3 import policies
from boathouse.services.s3.store import Store, StoredPolicy

MAXIMUM_BYTES = 20 * 1024
PUBLIC = (
    'User: {arn} is not authorized to perform: s3:PutBucketPolicy on resource: "arn:aws:s3:::{Bucket}" because public'
    " policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access"
)


class BucketPolicies:
    def __init__(self, store: Store, call: Call) -> None:
        self._store = store
        self._call = call

    @operation("PutBucketPolicy")
    async def put_bucket_policy(self, context: Context, request: Request) -> None:
        await self._existing(context, request)
        text = request["Policy"]
        if len(text.encode()) > MAXIMUM_BYTES:
            raise AwsError("PolicyTooLarge", "The policy exceeds the maximum allowed document size.", status=400)
        policy = policies.read(text, request["Bucket"])
        if policy.is_public and await self._blocks_public_policies(context, request):
            raise AwsError("AccessDenied", PUBLIC.format(arn=context.principal.arn, **request), status=403)
        self._store.put_policy(request["Bucket"], StoredPolicy(context.account, text))

    @operation("GetBucketPolicy")
    async def get_bucket_policy(self, context: Context, request: Request) -> Response:
        return {"Policy": await self._policy(context, request)}

    @operation("GetBucketPolicyStatus")
    async def get_bucket_policy_status(self, context: Context, request: Request) -> Response:
        text = await self._policy(context, request)
        return {"PolicyStatus": {"IsPublic": policies.read(text, request["Bucket"]).is_public}}

    @operation("DeleteBucketPolicy")
    async def delete_bucket_policy(self, context: Context, request: Request) -> None:
        await self._existing(context, request)
        self._store.delete_policy(request["Bucket"])

    async def _policy(self, context: Context, request: Request) -> str:
        await self._existing(context, request)
        found = self._store.policy(request["Bucket"])
        if found is None:
            raise AwsError(
                "NoSuchBucketPolicy", "The bucket policy does not exist", status=404, BucketName=request["Bucket"]
            )
        return found.text

    async def _existing(self, context: Context, request: Request) -> None:
        """The bucket is the base's. GetBucketLocation asks for no leave, so a policy cannot lock its own removal."""
        await self._call("s3", "GetBucketLocation", {"Bucket": request["Bucket"]}, as_=context.principal)

    async def _blocks_public_policies(self, context: Context, request: Request) -> bool:
        """https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html"""
        try:
            found = await self._call("s3", "GetPublicAccessBlock", {"Bucket": request["Bucket"]}, as_=context.principal)
        except AwsError as error:
            if error.code != "NoSuchPublicAccessBlockConfiguration":
                raise
            return False
        return bool(found["PublicAccessBlockConfiguration"].get("BlockPublicPolicy"))
