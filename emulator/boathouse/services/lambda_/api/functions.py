"""CreateFunction, GetFunction(Configuration), ListFunctions, ListVersionsByFunction, DeleteFunction."""

from typing import Any

from boathouse.context import Context
from boathouse.errors import AwsError
from boathouse.service import Request, Response, operation
from boathouse.services.lambda_.configuration import answer, check, initial
from boathouse.services.lambda_.names import function_arn, function_name
from boathouse.services.lambda_.packages import Packages
from boathouse.services.lambda_.runner import Runner
from boathouse.services.lambda_.store import Store, StoredFunction

LISTED_AT_ONCE = 50


class Functions:
    def __init__(self, store: Store, packages: Packages, runner: Runner) -> None:
        self._store = store
        self._packages = packages
        self._runner = runner

    @operation("CreateFunction")
    async def create_function(self, context: Context, request: Request) -> Response:
        check(request)
        name = function_name(context, request["FunctionName"])
        self._check_free(context, name)
        configuration = initial(request, function_arn(context, name))
        package = await self._packages.keep(request["Code"], context.principal)
        self._check_free(context, name)  # somebody may have been faster
        configuration |= {"CodeSize": package.size, "CodeSha256": package.sha256} | self._store.modified()
        self._store.put(context.scope, StoredFunction(configuration, package.digest, request.get("Tags", {})))
        return answer(configuration)

    def _check_free(self, context: Context, name: str) -> None:
        if self._store.get(context.scope, name) is not None:
            raise AwsError("ResourceConflictException", f"Function already exist: {name}", Type="User")

    @operation("GetFunction")
    async def get_function(self, context: Context, request: Request) -> Response:
        function = self._store.find(context, request["FunctionName"], request.get("Qualifier"))
        found: Response = {"Configuration": answer(function.configuration), "Code": {"RepositoryType": "S3"}}
        return found | ({"Tags": function.tags} if function.tags else {})

    @operation("GetFunctionConfiguration")
    async def get_function_configuration(self, context: Context, request: Request) -> Response:
        return answer(self._store.find(context, request["FunctionName"], request.get("Qualifier")).configuration)

    @operation("ListFunctions")
    async def list_functions(self, context: Context, request: Request) -> Response:
        after, limit = request.get("Marker", ""), min(request.get("MaxItems", LISTED_AT_ONCE), LISTED_AT_ONCE)
        functions = [function for function in self._store.all(context.scope) if function.name > after]
        page: dict[str, Any] = {"Functions": [answer(function.configuration) for function in functions[:limit]]}
        return page | ({"NextMarker": functions[limit - 1].name} if len(functions) > limit else {})

    @operation("ListVersionsByFunction")
    async def list_versions_by_function(self, context: Context, request: Request) -> Response:
        configuration = answer(self._store.find(context, request["FunctionName"]).configuration)
        return {"Versions": [configuration | {"FunctionArn": f"{configuration['FunctionArn']}:$LATEST"}]}

    @operation("DeleteFunction")
    async def delete_function(self, context: Context, request: Request) -> None:
        function = self._store.find(context, request["FunctionName"], request.get("Qualifier"))
        self._store.delete(context.scope, function.name)
        await self._runner.forget(context.scope, function.name)
        self._packages.forget_all_but(self._store.packages())
