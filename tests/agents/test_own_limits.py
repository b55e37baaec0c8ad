"""A fan says what they will spend at most, in the ordinary ways of six languages; what is no limit is none."""

from __future__ import annotations

import pytest

from agents.own_limits import read_amounts
from agents.policy.rule import Example
from agents.policy.selling import limit
from core.turns import LimitSpend
from tests.agents.test_rules import make_case


@pytest.mark.parametrize(
    ("text", "amount", "period"),
    [
        ("I only want to spend 20 dollars a month on this, no more", "$20.00", "month"),
        ("no quiero gastar más de 10 dólares al mes", "$10.00", "month"),
        ("I don't want to spend more than $10 a week", "$10.00", "week"),
        ("i dont want to spend more than 10 bucks a month", "$10.00", "month"),
        ("I won't spend over 15€ per day", "€15.00", "day"),
        ("I can only spend 20 euros a month", "€20.00", "month"),
        ("I just want to spend 5 dollars a week", "$5.00", "week"),
        ("I want to spend at most 20 a month", "$20.00", "month"),
        ("I want to spend 20 dollars a month max", "$20.00", "month"),
        ("my max is 30 dollars", "$30.00", "month"),
        ("my limit for this is 300 stars a week", "300 Stars", "week"),
        ("20 dollars a month is my limit", "$20.00", "month"),
        ("max 20 dollars a month please", "$20.00", "month"),
        ("Photos of the beach? Max 5 dollars a month!", "$5.00", "month"),
        ("20 dollars a month, no more", "$20.00", "month"),
        ("no more than 100 stars a day", "100 Stars", "day"),
        ("please keep it under 20 dollars a month", "$20.00", "month"),
        ("I'd like a limit of twenty dollars a month", "$20.00", "month"),
        ("I'd only spend 20 dollars a month on pictures", "$20.00", "month"),
        ("I will only spend $5 a week on you", "$5.00", "week"),
        ("I'm not spending more than 20 dollars a month", "$20.00", "month"),
        ("I don't want to spend more than twenty dollars", "$20.00", "month"),
        ("ich will nicht mehr als 20 Euro im Monat ausgeben", "€20.00", "month"),
        ("ich möchte nur 20 Euro im Monat ausgeben", "€20.00", "month"),
        ("ich möchte hier höchstens 10 Dollar pro Woche ausgeben", "$10.00", "week"),
        ("ich gebe nicht mehr als 20 Euro im Monat aus", "€20.00", "month"),
        ("mehr als 20 Euro im Monat will ich nicht ausgeben", "€20.00", "month"),
        ("maximal 20 Euro im Monat", "€20.00", "month"),
        ("20 Euro im Monat, mehr nicht", "€20.00", "month"),
        ("mein Limit sind 20 Euro im Monat", "€20.00", "month"),
        ("mein Maximum ist 300 Sterne am Tag", "300 Stars", "day"),
        ("sólo quiero gastar 20 euros al mes", "€20.00", "month"),
        ("solo puedo gastar 10 dólares a la semana", "$10.00", "week"),
        ("quiero gastar como máximo 10 euros al día", "€10.00", "day"),
        ("quiero gastar 10 dólares al mes, no más", "$10.00", "month"),
        ("mi límite es de 10 dólares al mes", "$10.00", "month"),
        ("mi tope son 300 estrellas por semana", "300 Stars", "week"),
        ("máximo 20 euros al mes", "€20.00", "month"),
        ("20 dólares al mes como máximo", "$20.00", "month"),
        ("no voy a gastar más de veinte dólares", "$20.00", "month"),
        ("no pienso gastar mas de 10 dolares por mes", "$10.00", "month"),
        ("je ne veux pas dépenser plus de 10 euros par mois", "€10.00", "month"),
        ("je veux pas dépenser plus de 10€ par mois", "€10.00", "month"),
        ("je ne veux dépenser que 20 euros par mois", "€20.00", "month"),
        ("je peux dépenser au maximum 20 euros par semaine", "€20.00", "week"),
        ("ma limite est de 20 euros par mois", "€20.00", "month"),
        ("mon maximum c'est 20 euros par mois", "€20.00", "month"),
        ("20 euros par mois maximum", "€20.00", "month"),
        ("20 euros par mois, pas plus", "€20.00", "month"),
        ("non voglio spendere più di 10 euro al mese", "€10.00", "month"),
        ("voglio spendere solo 20 euro al mese", "€20.00", "month"),
        ("voglio spendere al massimo 20 euro a settimana", "€20.00", "week"),
        ("posso spendere fino a 15 euro al mese", "€15.00", "month"),
        ("il mio limite è di 20 euro al mese", "€20.00", "month"),
        ("massimo 20 euro al mese", "€20.00", "month"),
        ("20 euro al mese al massimo", "€20.00", "month"),
        ("não quero gastar mais de 10 dólares por mês", "$10.00", "month"),
        ("não quero gastar mais do que 20 euros por semana", "€20.00", "week"),
        ("só quero gastar 20 euros por mês", "€20.00", "month"),
        ("quero gastar no máximo 20 euros por mês", "€20.00", "month"),
        ("posso gastar até 10 dólares por mês", "$10.00", "month"),
        ("meu limite é de 20 dólares por mês", "$20.00", "month"),
        ("o meu máximo são 300 estrelas por dia", "300 Stars", "day"),
        ("no máximo 20 euros por mês", "€20.00", "month"),
        ("20 euros por mês no máximo", "€20.00", "month"),
    ],
)
def test_an_own_limit_is_heard_in_ordinary_words(text: str, amount: str, period: str) -> None:
    ruling = limit.RULE.judge(make_case(Example(text)))
    assert ruling is not None
    (effect,) = ruling.effects
    assert isinstance(effect, LimitSpend)
    assert str(effect.amounts[0]) == amount
    assert effect.period == period
    assert (amount if len(effect.amounts) == 1 else "20 ($, €, £, Stars)") in ruling.say[0]


@pytest.mark.parametrize(
    "text",
    [
        "I only spend 20 dollars a month on coffee",
        "I don't want to spend more than 3 hours a day at work",
        "I can only spend 50 dollars on groceries this week",
        "no quiero gastar más de 10 minutos al día",
        "he doesn't want to spend more than 20 dollars a month",
        "my max is 100 kilos",
        "the pizza was 20 dollars",
        "my gym is max 20 dollars a month",
        "it cost 20 dollars, no more",
        "I want to spend more time with you",
        "I can only spend 2 days there",
        "my limit is 3 beers",
        "do you spend 20 dollars a month?",
        "I spent 20 dollars a week on books, max",
        "can I spend 20 dollars here?",
        "me gustaría gastar 20 euros en comida, como máximo",
        "ich arbeite höchstens 5 Tage pro Woche",
        "je veux dépenser 300 euros pour un vélo, maximum",
        "voglio spendere 200 euro per una bici al massimo",
        "my budget for the trip is 900 dollars",
    ],
)
def test_what_is_spent_elsewhere_is_no_limit(text: str) -> None:
    assert limit.RULE.judge(make_case(Example(text))) is None


def test_a_greeting_names_no_period() -> None:
    ruling = limit.RULE.judge(make_case(Example("Guten Tag, ich will nicht mehr als 20 Euro im Monat ausgeben")))
    assert ruling is not None
    assert ruling.effects == (LimitSpend(read_amounts("20 Euro"), "month"),)
