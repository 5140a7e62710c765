"""The command `matinee`: a table of commands, each imported only when it is asked for."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import click

from core.errors import MatineeError
from core.settings import Settings

COMMANDS = {
    "catalog": "matinee.catalogue_commands:catalog",
    "compare": "matinee.compare_commands:compare",
    "cost": "matinee.cost_commands:cost",
    "dashboard": "matinee.dashboard_command:dashboard",
    "doctor": "matinee.doctor:doctor",
    "evaluate": "matinee.evaluate_commands:evaluate",
    "ingest": "matinee.ingest_commands:ingest",
    "models": "matinee.registry_commands:models",
    "resolve": "matinee.resolve_commands:resolve",
    "retrain": "matinee.training_commands:retrain",
    "serve": "matinee.serve_commands:serve",
    "simulate": "matinee.simulate_commands:simulate",
    "trace": "matinee.serve_commands:trace",
    "train": "matinee.training_commands:train",
    "tune": "matinee.tune_commands:tune_command",
    "up": "matinee.up:up",
    "users": "matinee.catalogue_commands:users",
    "worker": "matinee.worker_commands:worker",
}


class LazyGroup(click.Group):
    """A group whose commands are imported on use: `matinee trace` must not wait for pandas and implicit."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Our own errors end as one line and exit code 1; anything else is a defect and shows its trace."""
        try:
            return super().invoke(ctx)
        except MatineeError as error:
            click.echo(f"matinee: {error}", err=True)
            sys.exit(1)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="matinee")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Film recommendations over HTTP, with every dollar accounted for. Settings are MATINEE_* variables."""
    ctx.obj = Settings.from_environment()
