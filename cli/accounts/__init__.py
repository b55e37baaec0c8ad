"""Connecting influencers with platforms: a connect function for each, and what they share."""

from cli.accounts.http import AppConnected, AppWanted, connect_http, finish_rotation, rotate_http
from cli.accounts.owned import Listed, agency_of, list_connected
from cli.accounts.telegram import PLATFORM, Connected, Wanted, choose_address, connect_telegram, read_token, switch_telegram

__all__ = [
    "PLATFORM",
    "AppConnected",
    "AppWanted",
    "Connected",
    "Listed",
    "Wanted",
    "agency_of",
    "choose_address",
    "connect_http",
    "connect_telegram",
    "finish_rotation",
    "list_connected",
    "read_token",
    "rotate_http",
    "switch_telegram",
]
