"""Somebody's own app to test against: `HttpAppSimulator`, and the fans who use it."""

from evals.simulators.http.chats import Chat, Entry
from evals.simulators.http.fans import AppFan
from evals.simulators.http.feed import Feed, Push, Retries
from evals.simulators.http.server import AppCall, HttpAppSimulator, Shown
from evals.simulators.http.signing import AppKeys

__all__ = ["AppCall", "AppFan", "AppKeys", "Chat", "Entry", "Feed", "HttpAppSimulator", "Push", "Retries", "Shown"]
