"""StartStreamEncryption and StopStreamEncryption: the key is checked and remembered, bytes at rest stay plain."""

from boathouse.call import Call
from boathouse.context import Context
from boathouse.errors import AwsError
from boathouse.service import Request, operation
from boathouse.services.kinesis.store import Store

OF_KMS = {"NotFoundException": "KMSNotFoundException", "AccessDeniedException": "KMSAccessDeniedException"}
OWN_KEY = "alias/aws/kinesis"  # Kinesis's own, which exists in every account


class Encryption:
    def __init__(self, store: Store, call: Call) -> None:
        self._store = store
        self._call = call

    @operation("StartStreamEncryption")
    async def start_stream_encryption(self, context: Context, request: Request) -> None:
        _check_type(request)
        stream = self._store.find_active(context, request)
        if request["KeyId"] != OWN_KEY:
            await self._check_key(context, request["KeyId"])
        stream.key_id = request["KeyId"]
        self._store.put(context.scope, stream)

    @operation("StopStreamEncryption")
    async def stop_stream_encryption(self, context: Context, request: Request) -> None:
        _check_type(request)
        stream = self._store.find_active(context, request)
        stream.key_id = None
        self._store.put(context.scope, stream)

    async def _check_key(self, context: Context, key_id: str) -> None:
        try:
            described = await self._call("kms", "DescribeKey", {"KeyId": key_id}, as_=context.principal)
        except AwsError as error:
            raise AwsError(OF_KMS.get(error.code, error.code), error.message) from error
        key = described["KeyMetadata"]
        if not key.get("Enabled", True):
            raise AwsError("KMSDisabledException", f"{key.get('Arn', key_id)} is disabled.")


def _check_type(request: Request) -> None:
    if request["EncryptionType"] != "KMS":
        raise AwsError("InvalidArgumentException", "EncryptionType must be KMS.")
