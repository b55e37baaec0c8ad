"""A Telegram Bot API server to test against: `TelegramSimulator`, its bots, and people who use them."""

from evals.simulators.telegram.bots import Bot
from evals.simulators.telegram.broadcasts import BroadcastChat
from evals.simulators.telegram.business import BusinessChat, Connection
from evals.simulators.telegram.chats import Chat
from evals.simulators.telegram.fans import TelegramUser
from evals.simulators.telegram.limits import Limits
from evals.simulators.telegram.nouns import Entry, Person
from evals.simulators.telegram.server import ApiCall, TelegramSimulator
from evals.simulators.telegram.webhook import Push, Retries

__all__ = [
    "ApiCall",
    "Bot",
    "BroadcastChat",
    "BusinessChat",
    "Chat",
    "Connection",
    "Entry",
    "Limits",
    "Person",
    "Push",
    "Retries",
    "TelegramSimulator",
    "TelegramUser",
]
