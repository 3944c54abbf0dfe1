"""How services hold a marker of ours (markers.py): by which calls it is made, found and removed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from boathouse.context import DEFAULT_REGION
from boathouse.settings import MARKER, BaseUrl

ACCOUNT = "999999999999"
"""The markers' own, so that nobody meets them in a listing."""
Step = tuple[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Kind:
    """How a service holds a marker: the calls that make it, find it and remove it. ``{id}`` is the marker's."""

    service: str
    make: tuple[Step, ...]
    find: Step
    remove: tuple[Step, ...]


BUCKET, TOPIC = f"{MARKER}{{id}}", f"arn:aws:sns:{DEFAULT_REGION}:{ACCOUNT}:{MARKER}{{id}}"
KINDS = (
    Kind(  # an object, since ministack brings no empty bucket over its own death
        "s3",
        (("CreateBucket", {"Bucket": BUCKET}), ("PutObject", {"Bucket": BUCKET, "Key": "marker"})),
        ("HeadObject", {"Bucket": BUCKET, "Key": "marker"}),
        (("DeleteObject", {"Bucket": BUCKET, "Key": "marker"}), ("DeleteBucket", {"Bucket": BUCKET})),
    ),
    Kind(
        "sns",
        (("CreateTopic", {"Name": BUCKET}),),
        ("GetTopicAttributes", {"TopicArn": TOPIC}),
        (("DeleteTopic", {"TopicArn": TOPIC}),),
    ),
)
"""The first that a base serves. One that serves neither (for Kinesis alone, say) holds no marker."""


def kinds(bases: Mapping[str, BaseUrl], brought: list[str]) -> dict[str, tuple[BaseUrl, Kind]]:
    """Of each base that the user brought, by what it serves, the marker that it can hold; by URL."""
    found = dict[str, tuple[BaseUrl, Kind]]()
    for kind in KINDS:
        base = bases.get(kind.service) or bases[""]
        if base.url in brought:
            found.setdefault(base.url, (base, kind))
    return found
