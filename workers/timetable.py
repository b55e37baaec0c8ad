"""The jobs and the cron table of a worker: what each wake-up starts, and what comes by itself."""

from __future__ import annotations

from typing import Any

from arq import cron
from arq.worker import func

from storage.house import House
from storage.jobs import QUEUE, serialize
from workers.engine import Engine
from workers.jobs.analyse_turn import analyse_turn
from workers.jobs.answer_checkout import answer_checkout
from workers.jobs.apply_retention import apply_retention
from workers.jobs.change_embedder import change_embedder
from workers.jobs.deliver_messages import deliver_messages
from workers.jobs.drop_remains import drop_remains
from workers.jobs.fetch_media import fetch_media
from workers.jobs.hand_over import hand_over
from workers.jobs.hand_picture import hand_picture
from workers.jobs.index_episodes import index_episodes
from workers.jobs.index_facts import index_facts
from workers.jobs.plan_posts import plan_posts
from workers.jobs.publish_post import publish_post
from workers.jobs.refund_purchase import refund_purchase
from workers.jobs.remember_said import remember_said
from workers.jobs.summarise_conversation import summarise_conversation
from workers.jobs.trim_events import trim_events
from workers.queue import WakefulWorker

JOBS = {
    "DeliverMessages": deliver_messages,
    "FetchMedia": fetch_media,
    "IndexFacts": index_facts,
    "IndexEpisodes": index_episodes,
    "ChangeEmbedder": change_embedder,
    "AnswerCheckout": answer_checkout,
    "HandOver": hand_over,
    "HandPicture": hand_picture,
    "RefundPurchase": refund_purchase,
    "DropRemains": drop_remains,
    "PublishPost": publish_post,
    "PlanPosts": plan_posts,
    "AnalyseTurn": analyse_turn,
    "SummariseConversation": summarise_conversation,
    "RememberSaid": remember_said,
}
MOST_JOBS = 512
JOB_LIMIT_S = 600


def make_worker(engine: Engine, house: House) -> WakefulWorker:
    """Join jobs and cron table with the queue."""
    options: dict[str, Any] = {
        "queue_name": QUEUE,
        "functions": [func(job, name=name, keep_result=0, timeout=JOB_LIMIT_S, max_tries=3) for name, job in JOBS.items()],
        "cron_jobs": [
            cron(trim_events, name="TrimEvents", minute=17, timeout=JOB_LIMIT_S, keep_result=0),
            cron(apply_retention, name="ApplyRetention", hour=3, minute=41, timeout=JOB_LIMIT_S, keep_result=0),
        ],
        "max_jobs": MOST_JOBS,
        "ctx": {"engine": engine},
        "job_serializer": serialize,
        "job_deserializer": house.redis.job_deserializer,
        "log_results": False,
    }
    return WakefulWorker(house.redis, **options)
