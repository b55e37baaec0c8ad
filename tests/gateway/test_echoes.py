"""An echo at the door wakes an outbox, for nothing else would come by before the sweep."""

from __future__ import annotations

from core.inbound import InboundEcho
from core.settings import Settings
from gateway.doorway import open_doorway
from storage.house import House
from storage.jobs import QUEUE
from tests.conftest import Agency
from tests.storage.world import NOON, make_account, message


async def test_an_echo_wakes_an_outbox_once(house: House, agency: Agency, settings: Settings) -> None:
    account = await make_account(house, agency.id)
    async with open_doorway(settings, "test") as doorway:
        (written,) = await doorway.take_events(account, [message("hi", 1)], b"{}", "corr")
        echo = InboundEcho(event_key="echo", at=NOON, conversation_key="chat-7", message_key="p1", text="mine")
        unknown = InboundEcho(event_key="other", at=NOON, conversation_key="chat-8", message_key="p2", text="mine")
        for _ in range(2):  # the platform tells it twice
            await doorway.take_events(account, [echo, unknown], b"{}", "corr")
    woken = [tuple(job.args) for job in await house.redis.queued_jobs(queue_name=QUEUE) if job.function == "DeliverMessages"]
    assert woken == [(str(agency.id), str(written.conversation_id))]
