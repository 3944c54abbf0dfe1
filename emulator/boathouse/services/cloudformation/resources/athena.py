"""AWS::Athena::WorkGroup."""

from typing import Any

from boathouse.services.cloudformation.resources.base import Acting, Made, Naming, ResourceType, Values
from boathouse.services.cloudformation.resources.shapes import BOOLEAN, INTEGER, STRING, TAGS, Group


class WorkGroup(ResourceType):
    type = "AWS::Athena::WorkGroup"
    service = "athena"
    properties = Group(
        {
            "Description": STRING,
            "Name": STRING,
            "RecursiveDeleteOption": BOOLEAN,
            "State": STRING,
            "Tags": TAGS,
            "WorkGroupConfiguration": Group(
                {
                    "BytesScannedCutoffPerQuery": INTEGER,
                    "EnforceWorkGroupConfiguration": BOOLEAN,
                    "EngineVersion": Group({"SelectedEngineVersion": STRING}),
                    "PublishCloudWatchMetricsEnabled": BOOLEAN,
                    "RequesterPaysEnabled": BOOLEAN,
                    "ResultConfiguration": Group(
                        {
                            "EncryptionConfiguration": Group(
                                {"EncryptionOption": STRING, "KmsKey": STRING}, required={"EncryptionOption"}
                            ),
                            "ExpectedBucketOwner": STRING,
                            "OutputLocation": STRING,
                        }
                    ),
                }
            ),
        },
        required={"Name"},
        renamed={"WorkGroupConfiguration": "Configuration"},
    )
    naming = Naming("Name", 128)
    member = "WorkGroup"
    creates, reads, updates, deletes = "CreateWorkGroup", "GetWorkGroup", "UpdateWorkGroup", "DeleteWorkGroup"
    # Athena answers InvalidRequestException for a workgroup that is not there, and for one that is.
    absent = frozenset({"InvalidRequestException"})
    taken = frozenset({"InvalidRequestException"})
    replaces = frozenset({"Name"})
    late = frozenset({"RecursiveDeleteOption", "State"})

    def asked(self, name: str, values: Values) -> dict[str, Any]:
        return {**self.request({key: value for key, value in values.items() if key not in self.late}), "Name": name}

    async def create(self, act: Acting, name: str, values: Values) -> Made:
        await act(self.creates, **self.asked(name, values))
        if (state := self.request(values).get("State", "ENABLED")) != "ENABLED":
            await act(self.updates, WorkGroup=name, State=state)
        return await self.made(act, name, values)

    async def update(self, act: Acting, name: str, old: Values, new: Values) -> Made:
        request = self.request(new)
        await act(
            self.updates,
            WorkGroup=name,
            Description=request.get("Description", ""),
            State=request.get("State", "ENABLED"),
            ConfigurationUpdates=_updates(request.get("Configuration", {})),
        )
        return await self.made(act, name, new)

    async def delete(self, act: Acting, name: str, values: Values) -> None:
        if await self.exists(act, name, values):
            recursive = self.request(values).get("RecursiveDeleteOption")
            await act(self.deletes, WorkGroup=name, RecursiveDeleteOption=recursive)


def _updates(configuration: dict[str, Any]) -> dict[str, Any]:
    """A whole configuration as the changes that lead to it: what it leaves out is taken away."""
    results = configuration.get("ResultConfiguration", {})
    updates: dict[str, Any] = {
        "EnforceWorkGroupConfiguration": True,
        "PublishCloudWatchMetricsEnabled": True,
        "RequesterPaysEnabled": False,
        **{name: value for name, value in configuration.items() if name != "ResultConfiguration"},
        "ResultConfigurationUpdates": {
            **results,
            **{f"Remove{name}": True for name in ("EncryptionConfiguration", "OutputLocation") if name not in results},
        },
    }
    if "BytesScannedCutoffPerQuery" not in configuration:
        updates["RemoveBytesScannedCutoffPerQuery"] = True
    return updates
