"""Accounts on platforms: one file a verb in `cli/accounts/`, named in `VERBS`."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from cli.commands import add_verbs, run_verb

HELP = "Connect an influencer with a platform, renew keys, list the accounts, and set how freely the agent speaks there."
VERBS = {
    "list": "cli.accounts.listing",
    "connect": "cli.accounts.connect",
    "rotate": "cli.accounts.rotate",
    "switch": "cli.accounts.switch",
    "set": "cli.accounts.change",
    "authorise": "cli.accounts.authorise",
}


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the verbs."""
    add_verbs(parser, VERBS)


def run(arguments: Namespace) -> int:
    """Do what the verb says. Raises `MuseError`."""
    return run_verb(arguments, VERBS)
