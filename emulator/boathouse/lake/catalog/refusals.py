"""Glue's sentences for what the catalog refuses, one function each."""

from boathouse.errors import AwsError


def database_not_found(name: str) -> AwsError:
    return AwsError("EntityNotFoundException", f"Database {name} not found.")


def table_not_found(name: str) -> AwsError:
    return AwsError("EntityNotFoundException", f"Table {name} not found.")


def partition_not_found() -> AwsError:
    return AwsError("EntityNotFoundException", "Cannot find partition.")


def version_not_found() -> AwsError:
    return AwsError("EntityNotFoundException", "Version not found.")


def already_exists(kind: str) -> AwsError:
    return AwsError("AlreadyExistsException", f"{kind} already exists.")


def concurrent_update() -> AwsError:
    return AwsError("ConcurrentModificationException", "Update table failed due to concurrent modifications.")


def wrong_number_of_values() -> AwsError:
    return AwsError("InvalidInputException", "The number of partition keys do not match the number of partition values")


def invalid(message: str) -> AwsError:
    return AwsError("InvalidInputException", message)
