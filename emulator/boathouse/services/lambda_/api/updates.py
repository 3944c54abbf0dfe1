"""UpdateFunctionCode and UpdateFunctionConfiguration."""

from boathouse.context import Context
from boathouse.service import Request, Response, operation
from boathouse.services.lambda_.configuration import answer, changes, check
from boathouse.services.lambda_.packages import Packages
from boathouse.services.lambda_.store import Store, check_revision


class Updates:
    def __init__(self, store: Store, packages: Packages) -> None:
        self._store = store
        self._packages = packages

    @operation("UpdateFunctionCode")
    async def update_function_code(self, context: Context, request: Request) -> Response:
        check(request)
        function = self._store.find(context, request["FunctionName"])
        package = await self._packages.keep(request, context.principal)
        function = self._store.find(context, function.name)  # it may have changed while the package came
        new = {"CodeSize": package.size, "CodeSha256": package.sha256}
        if "Architectures" in request:
            new["Architectures"] = request["Architectures"]
        if request.get("DryRun"):
            check_revision(request.get("RevisionId"), function.configuration["RevisionId"])
            return answer(function.configuration | new)
        function.package = package.digest
        self._store.change(context.scope, function, new, request.get("RevisionId"))
        self._packages.forget_all_but(self._store.packages())
        return answer(function.configuration)

    @operation("UpdateFunctionConfiguration")
    async def update_function_configuration(self, context: Context, request: Request) -> Response:
        check(request)
        function = self._store.find(context, request["FunctionName"])
        self._store.change(context.scope, function, changes(request), request.get("RevisionId"))
        return answer(function.configuration)
