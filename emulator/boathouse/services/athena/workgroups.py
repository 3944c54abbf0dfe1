"""Workgroups: what a query gets from the one it runs in, above all where its result goes and how encrypted."""

from typing import Any

from boathouse.clock import Clock
from boathouse.context import Scope
from boathouse.errors import Unsupported
from boathouse.lake.objects import S3Uri
from boathouse.lake.state import Document
from boathouse.services.athena.failures import invalid
from boathouse.services.athena.store import WorkGroupStore

PRIMARY = "primary"
ENGINE_VERSION = {"SelectedEngineVersion": "AUTO", "EffectiveEngineVersion": "Athena engine version 3"}
ENGINE_VERSIONS = ("AUTO", "Athena engine version 3")
SUPPORTED = frozenset(
    "ResultConfiguration EnforceWorkGroupConfiguration PublishCloudWatchMetricsEnabled BytesScannedCutoffPerQuery"
    " RequesterPaysEnabled EngineVersion".split()
)
LEAST_CUTOFF = 10_000_000
NO_OUTPUT = (
    "No output location provided. An output location is required either through the Workgroup result configuration"
    " setting or as an API input."
)


class WorkGroups:
    """``primary`` is always there. Documents have the shape of GetWorkGroup's WorkGroup."""

    def __init__(self, store: WorkGroupStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def get(self, scope: Scope, name: str | None) -> dict[str, Any]:
        group: dict[str, Any] = self.document(scope, name or PRIMARY)["WorkGroup"]
        return group

    def enabled(self, scope: Scope, name: str | None) -> dict[str, Any]:
        group = self.get(scope, name)
        if group["State"] != "ENABLED":
            raise invalid(f"WorkGroup {group['Name']} is disabled.")
        return group

    def document(self, scope: Scope, name: str) -> Document:
        """With its tags; ``primary`` is made when it is first asked for."""
        found = self._store.find(scope, name)
        if found is None and name == PRIMARY:
            # AWS's primary workgroup does not override what clients ask for (measured)
            found = self._new(PRIMARY, {"EnforceWorkGroupConfiguration": False}, "", {})
            self._store.put(scope, found)
        if found is None:
            raise invalid("WorkGroup is not found.")
        return found

    def create(
        self, scope: Scope, name: str, configuration: dict[str, Any], description: str, tags: dict[str, str]
    ) -> None:
        if name == PRIMARY or self._store.find(scope, name) is not None:
            raise invalid("WorkGroup is already created")
        self._store.put(scope, self._new(name, configuration, description, tags))

    def save(self, scope: Scope, document: Document) -> None:
        self._store.put(scope, document)

    def delete(self, scope: Scope, name: str) -> None:
        self._store.delete(scope, name)

    def all(self, scope: Scope) -> list[dict[str, Any]]:
        """By name."""
        self.document(scope, PRIMARY)
        return [document["WorkGroup"] for document in self._store.all(scope)]

    def _new(self, name: str, configuration: dict[str, Any], description: str, tags: dict[str, str]) -> Document:
        group = {
            "Name": name,
            "State": "ENABLED",
            "Configuration": configuration_of(configuration),
            "CreationTime": self._clock.now(),
            **({"Description": description} if description else {}),
        }
        return {"WorkGroup": group, "Tags": tags}

    def output_of(self, group: dict[str, Any], requested: dict[str, Any]) -> tuple[str, dict[str, Any] | None]:
        """The folder that results go to and their encryption; where the workgroup enforces its own, only its own.

        https://docs.aws.amazon.com/athena/latest/ug/workgroups-settings-override.html
        """
        configuration = group["Configuration"]
        own = configuration.get("ResultConfiguration") or {}
        enforced = configuration["EnforceWorkGroupConfiguration"]
        folder = own.get("OutputLocation") if enforced else requested.get("OutputLocation") or own.get("OutputLocation")
        if not folder:
            raise invalid(NO_OUTPUT)
        asked_here = not enforced and requested.get("OutputLocation")
        encryption = requested.get("EncryptionConfiguration") if not enforced else None
        if encryption is None and not asked_here:
            encryption = own.get("EncryptionConfiguration")
        return checked_location(folder), checked_encryption(encryption)


def configuration_of(configuration: dict[str, Any]) -> dict[str, Any]:
    """A workgroup's configuration with AWS's defaults; refuses what would have no effect here."""
    for name, value in configuration.items():
        if value and name not in SUPPORTED:
            raise Unsupported(f"a workgroup with {name}")
    result = configuration.get("ResultConfiguration") or {}
    refuse_acl(result)
    if "OutputLocation" in result:
        checked_location(result["OutputLocation"])
    checked_encryption(result.get("EncryptionConfiguration"))
    version = (configuration.get("EngineVersion") or {}).get("SelectedEngineVersion", "AUTO")
    if version not in ENGINE_VERSIONS:
        raise invalid(f"The requested engine version {version} is not available.")
    cutoff = configuration.get("BytesScannedCutoffPerQuery")
    if cutoff is not None and cutoff < LEAST_CUTOFF:
        raise invalid(f"BytesScannedCutoffPerQuery must be at least {LEAST_CUTOFF}")
    return {
        "ResultConfiguration": result,
        # documented: https://docs.aws.amazon.com/athena/latest/APIReference/API_WorkGroupConfiguration.html
        "EnforceWorkGroupConfiguration": configuration.get("EnforceWorkGroupConfiguration", True),
        "PublishCloudWatchMetricsEnabled": configuration.get("PublishCloudWatchMetricsEnabled", False),
        "RequesterPaysEnabled": configuration.get("RequesterPaysEnabled", False),
        "EnableMinimumEncryptionConfiguration": False,
        "EngineVersion": {**ENGINE_VERSION, "SelectedEngineVersion": version},
        **({} if cutoff is None else {"BytesScannedCutoffPerQuery": cutoff}),
    }


def refuse_acl(result: dict[str, Any]) -> None:
    if result.get("AclConfiguration"):
        raise Unsupported("AclConfiguration", "the bucket's policy decides who reads results")


def checked_location(text: str) -> str:
    try:
        S3Uri.parse(text)
    except ValueError as error:
        raise invalid("outputLocation is not a valid S3 path.") from error
    return text


def checked_encryption(encryption: dict[str, Any] | None) -> dict[str, Any] | None:
    option = (encryption or {}).get("EncryptionOption")
    if option == "CSE_KMS":
        raise Unsupported("EncryptionOption CSE_KMS", "SSE_S3 and SSE_KMS are supported")
    if option == "SSE_KMS" and not (encryption or {}).get("KmsKey"):
        raise invalid("KmsKey is required for SSE_KMS encryption")
    return encryption
