"""The pages that are made from the code: `make docs` writes them, a test holds them to it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from core.settings import env_example, settings_table
from matinee.cli import main as root_command
from matinee.grafana import grafana_dashboard


def settings_page() -> str:
    """docs/settings.md."""
    return (
        "# Settings\n\nEvery setting is an environment variable. "
        "A name that begins with `MATINEE_` and is not in this table is refused.\n\n" + settings_table()
    )


def commands_page() -> str:
    """docs/commands.md: every command with its own help."""
    return "# The command\n\n" + "\n".join(_helps(root_command, "matinee", None))


def _helps(command: click.Command, name: str, parent: click.Context | None) -> list[str]:
    settings = {"terminal_width": 100, "max_content_width": 100, **command.context_settings}
    context = click.Context(command, info_name=name, parent=parent, **settings)
    full_name = context.command_path
    blocks = [f"## `{full_name}`\n\n```text\n{command.get_help(context)}\n```\n"]
    if isinstance(command, click.Group):
        for child in command.list_commands(context):
            found = command.get_command(context, child)
            assert found is not None
            blocks += _helps(found, child, context)
    return blocks


GENERATED: dict[str, Callable[[], str]] = {
    ".env.example": env_example,
    "deploy/grafana/matinee.json": grafana_dashboard,
    "docs/commands.md": commands_page,
    "docs/settings.md": settings_page,
}


def main() -> None:
    """Write every generated page below the current folder."""
    for target, text in GENERATED.items():
        Path(target).write_text(text())


if __name__ == "__main__":
    main()
