"""A fan may say how much they will be sold at most: kept at once; a higher limit, or none, counts only after some days."""

from __future__ import annotations

import re

from agents.own_limits import names_sum, normalise, read_amounts, read_period, sets_limit, show_amounts
from agents.policy.rule import Case, InboundRule, Patterns, Ruling, examples, matching_language
from core.turns import LimitSpend

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


def judge(case: Case) -> Ruling | None:
    """Keep a limit with its amount and period, or the wish to have none; say once what holds now."""
    for message in case.fan_messages():
        flat = normalise(message.text)
        period = read_period(flat)
        if LIFTS.search(flat):
            return Ruling(
                say=(case.word("limit_lifted"),), effects=(LimitSpend(()),), covers=frozenset({message.id}), no_sale=True
            )
        if not (sets_limit(flat) or (names_sum(flat) and matching_language(flat, SETS))):
            continue
        if amounts := read_amounts(flat):
            said = (
                case.word("limit_set")
                .replace("{amount}", show_amounts(flat, amounts))
                .replace("{period}", case.word(f"per_{period}"))
            )
            effect = LimitSpend(amounts, period)
            return Ruling(say=(said,), effects=(effect,), covers=frozenset({message.id}), no_sale=True)
    return None


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
        "I only spend 20 dollars a month on coffee",
        "I don't want to spend more than 3 hours a day at work",
        "I can only spend 50 dollars on groceries this week",
        "no quiero gastar más de 10 minutos al día",
        "he doesn't want to spend more than 20 dollars a month",
        "my max is 100 kilos",
        "my limit is 3 beers",
        "je veux dépenser 300 euros pour un vélo, maximum",
        "the pizza was 20 dollars",
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
        "I only want to spend 20 dollars a month on this, no more",
        "I don't want to spend more than $10 a week",
        "20 dollars a month, no more",
        "ich möchte nur 20 Euro im Monat ausgeben",
        "no quiero gastar más de 10 dólares al mes",
        "je ne veux pas dépenser plus de 10 euros par mois",
        "non voglio spendere più di 10 euro al mese",
        "não quero gastar mais de 10 dólares por mês",
    ),
)
