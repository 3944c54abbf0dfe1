"""What a request asks a stack to become: its template found, read and checked, its parameters settled.

Everything that can be refused is refused here, before anything is made.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from boathouse.call import Call
from boathouse.context import Context
from boathouse.errors import AwsError
from boathouse.service import Request
from boathouse.services.cloudformation.blueprint import Blueprint
from boathouse.services.cloudformation.documents import gap, invalid
from boathouse.services.cloudformation.parameters import settle
from boathouse.services.cloudformation.plan import Plan, Types, plan
from boathouse.services.cloudformation.stack import Stack, Target
from boathouse.services.cloudformation.store import Store
from boathouse.services.cloudformation.template import MAX_BODY, MAX_OBJECT, Template, parse
from boathouse.services.cloudformation.validation import check, check_capabilities

VIRTUAL_HOST = re.compile(r"(?P<bucket>.+)\.s3[.-].+")


@dataclass(frozen=True, slots=True)
class Proposal:
    target: Target
    plan: Plan

    def changes_nothing(self, stack: Stack) -> bool:
        return not self.plan.changes and self.plan.outputs == stack.outputs


@dataclass(frozen=True, slots=True)
class Proposals:
    store: Store
    types: Types
    call: Call

    def propose(self, request: Request, stack: Stack, text: str | None, *, exists: bool) -> Proposal:
        """What ``request`` (of CreateStack, UpdateStack or CreateChangeSet) would make of ``stack``.

        Waits for nothing, so that nobody else begins with the stack meanwhile: ``text`` was fetched before.
        """
        if text is None:
            text = stack.current.template
        template = self.template(text)
        capabilities = request.get("Capabilities", [])
        check_capabilities(template, self.types, capabilities)
        previous = stack.current.parameters if exists else {}
        values = settle(template.parameters, request.get("Parameters", []), previous)
        blueprint = Blueprint(template, values, stack.scope, stack.name, stack.id)
        members = self.store.members(stack) if exists else {}
        no_echo = [name for name, declaration in template.parameters.items() if declaration.no_echo]
        target = Target(text, values, template.description, capabilities, no_echo)
        return Proposal(target, plan(blueprint, members, self.types))

    def template(self, text: str) -> Template:
        template = parse(text)
        check(template, self.types)
        return template

    async def text(self, context: Context, request: Request) -> str | None:
        """The one template that a request gives; None where it asks for the one that the stack has."""
        body, url = request.get("TemplateBody"), request.get("TemplateURL")
        if request.get("UsePreviousTemplate") and body is None and url is None:
            return None
        if (body is None) == (url is None):
            raise invalid("Either Template URL or Template Body must be specified.")
        if body is None:
            return await self._download(context, str(url))
        if len(body.encode()) > MAX_BODY:
            raise invalid(
                "1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member must have"
                f" length less than or equal to {MAX_BODY}"
            )
        return str(body)

    async def _download(self, context: Context, url: str) -> str:
        bucket, key, version = _place(url)
        where = {"Bucket": bucket, "Key": key} | ({"VersionId": version} if version else {})
        try:
            answer = await self.call("s3", "GetObject", where, as_=context.principal)
        except AwsError as error:
            raise invalid(f"S3 error: {error.message}") from error
        if len(body := bytes(answer["Body"])) > MAX_OBJECT:
            raise invalid(f"Template may not exceed {MAX_OBJECT} bytes in size.")
        return body.decode()


def _place(url: str) -> tuple[str, str, str | None]:
    """Bucket, key and version of a template's URL, with the bucket in the path or in the host."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise invalid("TemplateURL must be a supported URL.")
    path = unquote(parts.path.lstrip("/"))
    version = parse_qs(parts.query).get("versionId", [None])[0]
    if virtual := VIRTUAL_HOST.fullmatch(parts.hostname):
        return virtual["bucket"], path, version
    bucket, _, key = path.partition("/")
    if not key:
        raise invalid("TemplateURL must be a supported URL.")
    return bucket, key, version


def refuse_others(request: Mapping[str, Any], operation: str, supported: Collection[str]) -> None:
    """Refuses members that we do not act on, by name. One that asks for nothing (empty, false) is none."""
    for name, value in request.items():
        if name not in supported and value not in (None, False, "", [], {}):
            raise gap(f"{name} of {operation}", "leave it out")
