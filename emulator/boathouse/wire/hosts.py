"""What a Host header says of service, region and, for S3 in its virtual-hosted style, the bucket."""

import re
from dataclasses import dataclass
from functools import lru_cache

_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-\d")
_S3_NAMES = frozenset({"s3", "s3-fips", "s3-accelerate", "s3-external-1"})
AWS_DOMAINS = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws")
LOCAL_DOMAINS = (".localhost.localstack.cloud", ".localhost")
"""Names that resolve to the machine itself, for S3 clients that put the bucket into the host."""


@dataclass(frozen=True, slots=True)
class HostName:
    prefixes: tuple[str, ...] = ()
    """Endpoint prefixes that the host may mean, the longest first."""
    region: str = ""
    bucket: str = ""


@lru_cache(maxsize=1024)
def read_host(host: str) -> HostName:
    name = host.rpartition(":")[0] if re.search(r":\d+$", host) else host
    name = name.lower().rstrip(".")
    for domain in AWS_DOMAINS:
        if name.endswith(domain):
            return _read_labels(name.removesuffix(domain).split("."), local=False)
    for domain in LOCAL_DOMAINS:
        if name.endswith(domain):
            return _read_labels(name.removesuffix(domain).split("."), local=True)
    return HostName()


def _read_labels(labels: list[str], *, local: bool) -> HostName:
    region = ""
    if _REGION.fullmatch(labels[-1]):
        *labels, region = labels
    if labels and labels[-1] == "dualstack":
        labels = labels[:-1]
    if labels and (match := re.fullmatch(r"s3-([a-z]{2,}(?:-[a-z]+)+-\d)", labels[-1])):
        labels, region = [*labels[:-1], "s3"], match[1]
    if labels and labels[-1] in _S3_NAMES:
        return HostName(("s3",), region, ".".join(labels[:-1]))
    if local:
        return HostName(_suffixes(labels), region, ".".join([*labels, region] if region else labels))
    return HostName(_suffixes(labels), region)


def _suffixes(labels: list[str]) -> tuple[str, ...]:
    return tuple(".".join(labels[start:]) for start in range(len(labels)))
