"""The page of commands, from the command line itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer.main

from bot.cli.app import app
from docs_reference.markdown import GENERATED, table

_INTRODUCTION = """
# Commands

`.venv/bin/bot --help` prints the same. An id may be shortened to its first characters. Every command reads the
[settings](settings.md), so it works on the data of the bot with these settings.
"""


def command_tree() -> Any:
    """The command `bot` with all its subcommands, as click objects (typer brings its own click, which has no types)."""
    return typer.main.get_command(app)


def commands(group: Any, name: str = "bot") -> Iterator[tuple[str, Any]]:
    """Every command below a group, with its whole name."""
    for each, command in sorted(group.commands.items()):
        if hasattr(command, "commands"):
            yield from commands(command, f"{name} {each}")
        else:
            yield f"{name} {each}", command


def page() -> str:
    """Every command with its arguments and options."""
    parts = [GENERATED.format(source="bot/cli"), _INTRODUCTION]
    for name, command in commands(command_tree()):
        arguments = [each for each in command.params if each.param_type_name == "argument"]
        options = [each for each in command.params if each.param_type_name == "option" and "--help" not in each.opts]
        usage = " ".join([name, *(_usage(each) for each in arguments), *(["[OPTIONS]"] if options else [])])
        parts.append(f"\n## {name}\n\n{command.help.strip()}\n\n```\n{usage}\n```\n")
        rows = [(f"`{each.metavar or each.name.upper()}`", each.help or "") for each in arguments]
        rows += [(f"`{_option(each)}`", each.help or "") for each in options]
        if rows:
            parts.append("\n" + table(["", "what it does"], rows))
    return "".join(parts)


def _usage(argument: Any) -> str:
    name = (argument.metavar or argument.name.upper()) + ("…" if argument.nargs == -1 else "")
    return name if argument.required else f"[{name}]"


def _option(option: Any) -> str:
    names = ", ".join(option.opts)
    return names if option.is_flag else f"{names} {option.metavar or option.name.upper()}"
