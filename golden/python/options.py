"""Prints the options of dbt's command line as JSON: a line "<subcommand> <option> <kind>" for each name of each option.

The subcommand of options that stand in front of one is "dbt". An option is a flag, or takes a value, or several: all words up to the next.
"""

import json

import click
from dbt.cli.main import cli
from dbt.cli.options import MultiOption


def kind(option):
    if isinstance(option, MultiOption):
        return "several"
    return "flag" if option.is_flag else "value"


def lines(name, command):
    if name == "" or not isinstance(command, click.Group):
        for option in command.params:
            if isinstance(option, click.Option):
                for spelled in [*option.opts, *option.secondary_opts]:
                    yield f"{name or 'dbt'} {spelled} {kind(option)}"
    if isinstance(command, click.Group):
        for sub, child in command.commands.items():
            yield from lines(f"{name} {sub}".strip(), child)


print(json.dumps(sorted(lines("", cli))))
