"""A fan may say how much they will be sold at most: kept at once; a higher limit, or none, counts only after some days."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Literal

from agents.plain_text import flatten
from agents.policy.rule import Case, InboundRule, Patterns, Ruling, examples
from agents.prices import find_prices
from core.money import MINOR_DIGITS, Money
from core.turns import LimitSpend

MOST = 1_000_000
"""Whole units; a greater number is no limit anybody means."""

SETS: Patterns = {
    "en": (
        re.compile(
            r"\b(?:don't|do not|never|please don't) (?:let|allow) me (?:to )?(?:spend|pay|buy)(?: for)? (?:more than|over"
            r"|above)\b"
        ),
        re.compile(
            r"\b(?:set|keep|put|change|lower|raise|make) (?:\w+ ){0,3}(?:spending |my |own )*(?:limit|cap"
            r"|budget)\b.{0,20}(?:to|at|of|:)\b|\bmy (?:spending )?(?:limit|cap|budget) (?:for (?:this|here|you) )?(?:is"
            r"|should be|shall be)\b"
        ),
        re.compile(
            r"\b(?:limit|cap) me (?:to|at)\b|\bi (?:only )?want to spend (?:at most|no more than|max(?:imum)?)\b"
            r"|\bdon't sell me (?:anything )?(?:for )?more than\b"
        ),
    ),
    "de": (
        re.compile(
            r"\blass mich (?:\w+ )?nicht mehr als\b|\b(?:mein|setz\w*|senk\w*|erhöh\w*) (?:\w+ )?(?:limit|budget)\b"
            r"|\bich (?:will|möchte) (?:höchstens|maximal|nicht mehr als)\b.{0,25}\bausgeben\b"
        ),
    ),
    "es": (
        re.compile(
            r"\bno me dejes gastar más de\b|\b(?:mi|pon\w*|baja|sube) (?:\w+ )?(?:límite|presupuesto)\b"
            r"|\bquiero gastar (?:como máximo|máximo|no más de)\b"
        ),
    ),
    "fr": (
        re.compile(
            r"\bne me laisse pas dépenser plus de\b|\b(?:ma|mon|mets|baisse|monte) (?:\w+ )?(?:limite|budget|plafond)\b"
            r"|\bje veux dépenser (?:au maximum|au plus|max)\b"
        ),
    ),
    "it": (
        re.compile(
            r"\bnon (?:farmi|lasciarmi) spendere più di\b|\b(?:il mio|metti|abbassa|alza) (?:\w+ )?(?:limite|budget|tetto)\b"
            r"|\bvoglio spendere (?:al massimo|massimo|non più di)\b"
        ),
    ),
    "pt": (
        re.compile(
            r"\bnão me deix[ea] gastar mais (?:de|do que|que)\b|\b(?:meu|coloca|abaixa|aumenta) (?:\w+ )?(?:limite"
            r"|orçamento)\b|\bquero gastar (?:no máximo|até|não mais)\b"
        ),
    ),
}
LIFTS = re.compile(
    r"\b(?:remove|lift|delete|cancel|drop|end|take away) (?:my |the )?(?:spending )?(?:limit|cap)\b|\b(?:no"
    r"|without a) (?:spending )?limit any ?more\b"
    r"|\b(?:lösch|entfern|heb)\w* (?:mein|das) (?:\w+ )?limit\b|\bquita (?:mi|el) límite\b|\b(?:enlève|supprime) (?:ma|la"
    r"|mon) (?:limite|plafond)\b"
    r"|\btogli (?:il mio|il) limite\b|\b(?:tira|remove) (?:meu|o) limite\b",
    re.I,
)
DAILY = re.compile(r"\b(?:day|daily|today|tag|täglich|día|diario|jour|giorno|dia|diário)\b")
WEEKLY = re.compile(r"\b(?:week|weekly|woche|wöchentlich|semana|semaine|settimana)\b")
_BARE = re.compile(r"(?<![\w.,:])(\d{1,6})(?:[.,](\d{1,2}))?(?![\d:])")


def judge(case: Case) -> Ruling | None:
    """Keep a limit with its amount and period, or the wish to have none; say once what holds now."""
    for message in case.fan_messages():
        flat = flatten(message.text)
        period = _period(flat)
        if LIFTS.search(flat):
            return Ruling(
                say=(case.word("limit_lifted"),), effects=(LimitSpend(()),), covers=frozenset({message.id}), no_sale=True
            )
        if not any(pattern.search(flat) for group in SETS.values() for pattern in group):
            continue
        if amounts := read_amounts(flat):
            said = (
                case.word("limit_set").replace("{amount}", _show(flat, amounts)).replace("{period}", case.word(f"per_{period}"))
            )
            effect = LimitSpend(amounts, "day" if period == "day" else "week" if period == "week" else "month")
            return Ruling(say=(said,), effects=(effect,), covers=frozenset({message.id}), no_sale=True)
    return None


def _period(text: str) -> Literal["day", "week", "month"]:
    return "day" if DAILY.search(text) else "week" if WEEKLY.search(text) else "month"


def read_amounts(text: str) -> tuple[Money, ...]:
    """Return the amount that a text names, in each unit that may be meant: the one it names, else all that there are."""
    named = find_prices(text)
    if named:
        value, unit = min(named, key=lambda one: one[0])
        return (_money(value, unit),) if value <= MOST else ()
    bare = _BARE.search(text)
    if bare is None:
        return ()
    value = Decimal(f"{bare[1]}.{bare[2] or 0}")
    return tuple(_money(value, unit) for unit in MINOR_DIGITS) if value <= MOST else ()


def _money(value: Decimal, unit: str) -> Money:
    return Money(int(value * 10 ** MINOR_DIGITS[unit]), unit)


def _show(text: str, amounts: tuple[Money, ...]) -> str:
    """Write a limit as it was meant: with its unit where one was named."""
    if len(amounts) == 1:
        return str(amounts[0])
    bare = _BARE.search(text)
    return bare[0] if bare else str(amounts[0])


RULE = InboundRule(
    name="limit",
    judge=judge,
    good=examples(
        "the speed limit is 50",
        "my limit is the sky",
        "don't let me fall asleep",
        "what's the limit?",
        "I set my alarm to 7",
        "mein Limit ist erreicht",
        "sin límite",
    ),
    bad=examples(
        "don't let me spend more than 20 a month",
        "please don't let me spend more than $15 a week",
        "set my limit to 30 euros",
        "my spending limit is 500 stars per month",
        "limit me to 10 dollars a day",
        "remove my limit",
        "lass mich nicht mehr als 20 Euro im Monat ausgeben",
        "no me dejes gastar más de 20 euros",
        "ne me laisse pas dépenser plus de 20 euros par mois",
        "non farmi spendere più di 20 euro",
        "não me deixe gastar mais de 20 euros",
    ),
)
