"""AWS::Glue::Database, Table, Job and SecurityConfiguration."""

from typing import Any

from boathouse.services.cloudformation.resources.base import Naming, ResourceType, Values
from boathouse.services.cloudformation.resources.shapes import (
    BOOLEAN,
    INTEGER,
    NUMBER,
    STRING,
    STRINGS,
    Document,
    Group,
    Many,
)

ABSENT = frozenset({"EntityNotFoundException"})
TAKEN = frozenset({"AlreadyExistsException"})
COLUMN = Group({"Name": STRING, "Type": STRING, "Comment": STRING}, required={"Name"})


class Database(ResourceType):
    type = "AWS::Glue::Database"
    service = "glue"
    properties = Group(
        {
            "CatalogId": STRING,
            "DatabaseInput": Group(
                {"Name": STRING, "Description": STRING, "LocationUri": STRING, "Parameters": STRINGS}
            ),
        },
        required={"CatalogId", "DatabaseInput"},
    )
    naming = Naming("DatabaseInput.Name", 255, lower=True)
    member = "Name"
    creates, reads, updates, deletes = "CreateDatabase", "GetDatabase", "UpdateDatabase", "DeleteDatabase"
    absent, taken = ABSENT, TAKEN
    replaces = frozenset({"CatalogId", "DatabaseInput.Name"})
    fixed = frozenset()

    def key(self, name: str, values: Values) -> dict[str, Any]:
        return {"CatalogId": values["CatalogId"], "Name": name}

    def asked(self, name: str, values: Values) -> dict[str, Any]:
        request = self.request(values)
        return {**request, "DatabaseInput": {**request["DatabaseInput"], "Name": name}}

    def changed(self, name: str, values: Values) -> dict[str, Any]:
        return {**self.asked(name, values), "Name": name}


class Table(ResourceType):
    """Its partitions are no resources: a table keeps them when it is updated and takes them with it."""

    type = "AWS::Glue::Table"
    service = "glue"
    properties = Group(
        {
            "CatalogId": STRING,
            "DatabaseName": STRING,
            "TableInput": Group(
                {
                    "Name": STRING,
                    "Description": STRING,
                    "Owner": STRING,
                    "Parameters": STRINGS,
                    "PartitionKeys": Many(COLUMN),
                    "Retention": INTEGER,
                    "StorageDescriptor": Group(
                        {
                            "BucketColumns": Many(STRING),
                            "Columns": Many(COLUMN),
                            "Compressed": BOOLEAN,
                            "InputFormat": STRING,
                            "Location": STRING,
                            "NumberOfBuckets": INTEGER,
                            "OutputFormat": STRING,
                            "Parameters": STRINGS,
                            "SerdeInfo": Group({"Name": STRING, "Parameters": STRINGS, "SerializationLibrary": STRING}),
                            "StoredAsSubDirectories": BOOLEAN,
                        }
                    ),
                    "TableType": STRING,
                    "ViewExpandedText": STRING,
                    "ViewOriginalText": STRING,
                }
            ),
        },
        required={"CatalogId", "DatabaseName", "TableInput"},
    )
    naming = Naming("TableInput.Name", 255, lower=True)
    member = "Name"
    creates, reads, updates, deletes = "CreateTable", "GetTable", "UpdateTable", "DeleteTable"
    absent, taken = ABSENT, TAKEN
    replaces = frozenset({"CatalogId", "DatabaseName", "TableInput.Name"})
    fixed = frozenset()

    def key(self, name: str, values: Values) -> dict[str, Any]:
        return {"CatalogId": values["CatalogId"], "DatabaseName": values["DatabaseName"], "Name": name}

    def asked(self, name: str, values: Values) -> dict[str, Any]:
        request = self.request(values)
        return {**request, "TableInput": {**request["TableInput"], "Name": name}}


class Job(ResourceType):
    type = "AWS::Glue::Job"
    service = "glue"
    properties = Group(
        {
            "Command": Group({"Name": STRING, "PythonVersion": STRING, "ScriptLocation": STRING}, required={"Name"}),
            "DefaultArguments": STRINGS,
            "Description": STRING,
            "ExecutionClass": STRING,
            "ExecutionProperty": Group({"MaxConcurrentRuns": INTEGER}),
            "GlueVersion": STRING,
            "MaxCapacity": NUMBER,
            "MaxRetries": INTEGER,
            "Name": STRING,
            "NonOverridableArguments": STRINGS,
            "NumberOfWorkers": INTEGER,
            "Role": STRING,
            "SecurityConfiguration": STRING,
            "Tags": Document(as_text=False),
            "Timeout": INTEGER,
            "WorkerType": STRING,
        },
        required={"Command", "Role"},
    )
    naming = Naming("Name", 255)
    member = "JobName"
    creates, reads, updates, deletes = "CreateJob", "GetJob", "UpdateJob", "DeleteJob"
    absent, taken = ABSENT, TAKEN
    replaces = frozenset({"Name"})

    def asked(self, name: str, values: Values) -> dict[str, Any]:
        return {**self.request(values), "Name": name}

    def changed(self, name: str, values: Values) -> dict[str, Any]:
        update = {key: value for key, value in self.request(values).items() if key not in ("Name", "Tags")}
        return {"JobName": name, "JobUpdate": update}


class SecurityConfiguration(ResourceType):
    type = "AWS::Glue::SecurityConfiguration"
    service = "glue"
    properties = Group(
        {
            "EncryptionConfiguration": Group(
                {
                    "CloudWatchEncryption": Group({"CloudWatchEncryptionMode": STRING, "KmsKeyArn": STRING}),
                    "JobBookmarksEncryption": Group({"JobBookmarksEncryptionMode": STRING, "KmsKeyArn": STRING}),
                    "S3Encryptions": Many(Group({"KmsKeyArn": STRING, "S3EncryptionMode": STRING})),
                },
                renamed={"S3Encryptions": "S3Encryption"},
            ),
            "Name": STRING,
        },
        required={"EncryptionConfiguration", "Name"},
    )
    naming = Naming("Name", 255)
    member = "Name"
    creates, reads = "CreateSecurityConfiguration", "GetSecurityConfiguration"
    deletes = "DeleteSecurityConfiguration"
    absent, taken = ABSENT, TAKEN
    replaces = frozenset({"EncryptionConfiguration", "Name"})
    fixed = frozenset()
