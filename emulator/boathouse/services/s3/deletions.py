"""Deleting many objects at once: what the policy denies is an error of its key's own, all others go.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
"""

from typing import Any

from boathouse.call import Call
from boathouse.context import Context
from boathouse.errors import AwsError
from boathouse.service import Request, Response, operation
from boathouse.services.s3.actions import deletion
from boathouse.services.s3.passage import S3Passage

CHECKED = "ChecksumAlgorithm"
"""Said of the request's body, which the base gets another of."""


class Deletions:
    def __init__(self, passage: S3Passage, to_base: Call) -> None:
        self._passage = passage
        self._to_base = to_base

    @operation("DeleteObjects")
    async def delete_objects(self, context: Context, request: Request) -> Response:
        allowed, errors = [], []
        for entry in request["Delete"]["Objects"]:
            refused = self._passage.refusal(context, request, deletion(request["Bucket"], entry))
            if refused is None:
                allowed.append(entry)
            else:
                errors.append(_error(entry, refused))
        if not allowed:
            return {"Errors": errors}
        given = {name: value for name, value in request.items() if name != CHECKED}
        given["Delete"] = request["Delete"] | {"Objects": allowed}
        answer = await self._to_base("s3", "DeleteObjects", given, as_=context.principal)
        return answer | {"Errors": answer.get("Errors", []) + errors}


def _error(entry: dict[str, Any], refused: AwsError) -> dict[str, str]:
    named = {name: entry[name] for name in ("Key", "VersionId") if name in entry}
    return named | {"Code": refused.code, "Message": refused.message}
