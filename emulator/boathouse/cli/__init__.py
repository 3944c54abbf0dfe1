"""The command ``boathouse``: starts the platform as a process and talks to it like any client."""

import typer

from boathouse.cli import glue, query, status, up

app = typer.Typer(help="The AWS lakehouse that fits on a laptop.", no_args_is_help=True, add_completion=False)
app.command()(up.up)
app.command()(status.env)
app.command()(query.query)
app.command()(query.logs)
app.command()(status.status)
app.command()(status.reset)
app.add_typer(glue.app, name="glue")


def main() -> None:
    app()
