"""What a request asks of which service, as far as saving needs to know. What is not known here counts as a change."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any
from urllib.parse import parse_qs

Receive = Callable[[], Awaitable[dict[str, Any]]]
Detect = Callable[[str, str, dict[str, str], dict[str, list[str]]], str]


class Kind(Enum):
    READS = "reads"
    OBJECT = "an object of S3, which is a file already"
    PASSES = "messages, events and samples that pass through: saved at an interval"
    CHANGES = "changes"


READS = re.compile(r"(Get|List|Describe|Head|Lookup|Search|BatchGet|Query$|Scan$|Filter|Test|Simulate|Estimate)")
"""How the names of operations begin that change nothing worth waiting for."""
PASSES = frozenset(
    {
        *(f"sqs.{what}Message" for what in ("Send", "Receive", "Delete")),
        *(f"sqs.{what}MessageBatch" for what in ("Send", "Delete")),
        "sqs.ChangeMessageVisibility",
        "sqs.ChangeMessageVisibilityBatch",
        "sns.Publish",
        "sns.PublishBatch",
        "events.PutEvents",
        "logs.PutLogEvents",
        "logs.CreateLogStream",
        "monitoring.PutMetricData",
    }
)
NOT_OF_THE_OBJECT = frozenset({"uploads", "uploadId", "retention", "legal-hold"})
"""In the query: what of an object S3's files do not have."""
LOCK = "x-amz-object-lock-"


@dataclass(frozen=True, slots=True)
class Asked:
    service: str
    kind: Kind
    upload: bool = False
    """Of a multipart upload."""


def asked(detect: Detect, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes) -> Asked:
    """``body`` is needed of forms only, which name their operation there."""
    params = parse_qs(query, keep_blank_values=True)
    form = parse_qs(body.decode("utf-8", "replace")) | params
    service = detect(method, path, dict(headers), form)
    if service == "s3":
        return _of_s3(method, path, params, headers)
    operation = headers.get("x-amz-target", "").rpartition(".")[2] or form.get("Action", [""])[0]
    if f"{service}.{operation}" in PASSES:
        return Asked(service, Kind.PASSES)
    reads = READS.match(operation) if operation else method in ("GET", "HEAD", "OPTIONS")
    return Asked(service, Kind.READS if reads else Kind.CHANGES)


def _of_s3(method: str, path: str, params: Mapping[str, list[str]], headers: Mapping[str, str]) -> Asked:
    if method in ("GET", "HEAD", "OPTIONS"):
        return Asked("s3", Kind.READS)
    upload = not params.keys().isdisjoint(("uploads", "uploadId"))
    _, _, key = path.lstrip("/").partition("/")
    lies_in_files = params.keys().isdisjoint(NOT_OF_THE_OBJECT) and not any(name.startswith(LOCK) for name in headers)
    return Asked("s3", Kind.OBJECT if key and lies_in_files else Kind.CHANGES, upload)
