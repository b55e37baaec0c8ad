"""`DeliverMessages`: send what waits in a conversation's outbox, in order, one at a time.

Workers wake their own outbox after a commit; this is how the gateway, the sweep and people reach one.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from workers.engine import Engine


async def deliver_messages(ctx: dict[str, Any], agency_id: str, conversation_id: str) -> None:
    """Send until nothing may leave now; the outbox comes back when the next may."""
    engine: Engine = ctx["engine"]
    await engine.outbox.deliver(UUID(agency_id), UUID(conversation_id))
