"""Workgroups, and tags on them."""

from collections.abc import Sequence
from typing import Any

from boathouse.context import Context
from boathouse.service import Request, Response, operation
from boathouse.services.athena.failures import invalid
from boathouse.services.athena.store import ExecutionStore, position_of, token_of
from boathouse.services.athena.workgroups import PRIMARY, WorkGroups, configuration_of

LONGEST_LIST = 50
REMOVALS = {
    "RemoveOutputLocation": "OutputLocation",
    "RemoveEncryptionConfiguration": "EncryptionConfiguration",
    "RemoveExpectedBucketOwner": "ExpectedBucketOwner",
    "RemoveAclConfiguration": "AclConfiguration",
}


class WorkGroupApi:
    def __init__(self, workgroups: WorkGroups, executions: ExecutionStore) -> None:
        self._workgroups = workgroups
        self._executions = executions

    @operation("CreateWorkGroup")
    async def create_work_group(self, context: Context, request: Request) -> Response:
        tags = _tags(request.get("Tags") or ())
        configuration = request.get("Configuration") or {}
        description = request.get("Description") or ""
        self._workgroups.create(context.scope, request["Name"], configuration, description, tags)
        return {}

    @operation("GetWorkGroup")
    async def get_work_group(self, context: Context, request: Request) -> Response:
        return {"WorkGroup": self._workgroups.get(context.scope, request["WorkGroup"])}

    @operation("ListWorkGroups")
    async def list_work_groups(self, context: Context, request: Request) -> Response:
        after = ""
        if token := request.get("NextToken"):
            try:
                after = str(position_of(token))
            except ValueError as error:
                raise invalid(f"The nextPageToken is malformed: {token}") from error
        limit = request.get("MaxResults") or LONGEST_LIST
        groups = [group for group in self._workgroups.all(context.scope) if group["Name"] > after]
        more = {"NextToken": token_of(groups[limit - 1]["Name"])} if len(groups) > limit else {}
        return {"WorkGroups": [_summary(group) for group in groups[:limit]], **more}

    @operation("UpdateWorkGroup")
    async def update_work_group(self, context: Context, request: Request) -> Response:
        document = self._workgroups.document(context.scope, request["WorkGroup"])
        group = document["WorkGroup"]
        if "Description" in request:
            group["Description"] = request["Description"]
        if "State" in request:
            group["State"] = request["State"]
        if updates := request.get("ConfigurationUpdates"):
            group["Configuration"] = configuration_of(_updated(group["Configuration"], updates))
        self._workgroups.save(context.scope, document)
        return {}

    @operation("DeleteWorkGroup")
    async def delete_work_group(self, context: Context, request: Request) -> Response:
        name = request["WorkGroup"]
        if name == PRIMARY:
            raise invalid("The primary workgroup cannot be deleted.")
        self._workgroups.get(context.scope, name)
        if self._executions.any(context.scope, name) and not request.get("RecursiveDeleteOption"):
            raise invalid(f"WorkGroup {name} is not empty")
        self._executions.forget(context.scope, name)
        self._workgroups.delete(context.scope, name)
        return {}

    @operation("TagResource")
    async def tag_resource(self, context: Context, request: Request) -> Response:
        document = self._tagged(context, request)
        document["Tags"] |= _tags(request["Tags"])
        self._workgroups.save(context.scope, document)
        return {}

    @operation("UntagResource")
    async def untag_resource(self, context: Context, request: Request) -> Response:
        document = self._tagged(context, request)
        for key in request["TagKeys"]:
            document["Tags"].pop(key, None)
        self._workgroups.save(context.scope, document)
        return {}

    @operation("ListTagsForResource")
    async def list_tags_for_resource(self, context: Context, request: Request) -> Response:
        tags = self._tagged(context, request)["Tags"]
        return {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}

    def _tagged(self, context: Context, request: Request) -> dict[str, Any]:
        arn: str = request["ResourceARN"]
        start = context.arn("workgroup/")
        if not arn.startswith(start):
            raise invalid(f"{arn} is no workgroup of this account and region")
        return self._workgroups.document(context.scope, arn.removeprefix(start))


def _summary(group: dict[str, Any]) -> dict[str, Any]:
    return {
        "Name": group["Name"],
        "State": group["State"],
        "Description": group.get("Description", ""),
        "CreationTime": group["CreationTime"],
        "EngineVersion": group["Configuration"]["EngineVersion"],
    }


def _updated(configuration: dict[str, Any], updates: dict[str, Any]) -> dict[str, Any]:
    changed = {**configuration, **{key: value for key, value in updates.items() if not _is_special(key)}}
    if updates.get("RemoveBytesScannedCutoffPerQuery"):
        changed.pop("BytesScannedCutoffPerQuery", None)
    if results := updates.get("ResultConfigurationUpdates"):
        kept = {**configuration["ResultConfiguration"], **{k: v for k, v in results.items() if k not in REMOVALS}}
        removed = {member for flag, member in REMOVALS.items() if results.get(flag)}
        changed["ResultConfiguration"] = {key: value for key, value in kept.items() if key not in removed}
    return changed


def _is_special(key: str) -> bool:
    return key in ("ResultConfigurationUpdates", "RemoveBytesScannedCutoffPerQuery")


def _tags(given: Sequence[dict[str, str]]) -> dict[str, str]:
    """The model lets a tag's key be left out."""
    if not all("Key" in tag for tag in given):
        raise invalid("A tag needs a Key.")
    return {tag["Key"]: tag.get("Value", "") for tag in given}
