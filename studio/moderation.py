"""What may be made and what may be shown: rules over prompts, classifiers over pictures. What nobody can judge is held.

A prompt is refused or held by the rules of `prompt_rules/`. A picture is refused or held by the probability of labels that the
settings name; without a classifier, or when one fails, it waits for an operator.
"""

from __future__ import annotations

import asyncio

from msgspec import Struct
from PIL import Image

from core.errors import BadInput, MuseError
from core.log import get_logger
from core.pictures import Judgement
from core.ports import Embedder
from core.settings import Settings
from studio.classifiers import PictureClassifier, share, young_labels
from studio.pictures import read_picture
from studio.prompt_rules.nearness import Nearness
from studio.prompt_rules.rule import PromptRule, read_prompt
from studio.prompt_rules.rules import RULES

NOBODY = "no image classifier is set up (MUSE_IMAGE_MODERATOR), so a person must look"
LONGEST = 4000
"""Characters of a prompt that are read; a longer one is held, for no rule has seen its end."""

log = get_logger(__name__)


class Bounds(Struct, frozen=True):
    """Which labels count and from which probability: `never` anywhere, `adult` where the place allows nothing adult."""

    never: frozenset[str]
    adult: frozenset[str]
    hold: float
    refuse: float


class StudioModerator:
    """Judges by our rules and by the classifiers that are set up."""

    def __init__(
        self,
        bounds: Bounds,
        picture: PictureClassifier | None,
        age: PictureClassifier | None,
        rules: tuple[PromptRule, ...] = RULES,
        nearness: Nearness | None = None,
    ) -> None:
        """Join rules with classifiers; `picture` none: every picture is held. `nearness` none: prompts by their words alone."""
        self._bounds, self._picture, self._age, self._rules, self._nearness = bounds, picture, age, rules, nearness
        self.name = " + ".join(one.name for one in (picture, age) if one is not None) or "nobody"

    async def judge_prompt(self, prompt: str, adult_ok: bool) -> Judgement:
        """Judge a prompt by each rule and by what it means; a rule that fails holds it."""
        if len(prompt) > LONGEST:
            return Judgement("hold", (f"the prompt is longer than {LONGEST} characters",), "rules")
        found = await asyncio.to_thread(self._read, prompt, adult_ok)
        if any(severity == "refuse" for severity, _ in found):
            return Judgement("refuse", tuple(says for severity, says in found if severity == "refuse"), "rules")
        found += await self._compare(prompt, adult_ok)
        return Judgement("hold" if found else "pass", tuple(says for _, says in found), "rules")

    async def _compare(self, prompt: str, adult_ok: bool) -> list[tuple[str, str]]:
        if self._nearness is None:
            return []
        try:
            finding = await self._nearness.judge(prompt, adult_ok)
        except MuseError as error:
            return [("hold", f"what the prompt means could not be told: {error}")]
        return [(finding.severity, finding.says)] if finding else []

    async def judge_picture(self, data: bytes, adult_ok: bool) -> Judgement:
        """Judge an encoded picture; held where nobody can tell."""
        try:
            picture = await asyncio.to_thread(read_picture, data)
        except BadInput as error:
            return Judgement("refuse", (str(error),), self.name)
        if self._picture is None:
            found = await self._ask_age(picture) if self._age is not None else Judgement("pass")
            return Judgement(found.verdict if found.verdict == "refuse" else "hold", (*found.reasons, NOBODY), self.name)
        return worst_of(self.name, await self._ask(picture, adult_ok), await self._ask_age(picture))

    async def check(self) -> list[str]:
        """Load the classifiers and say what is wrong with their labels. Raises `Misconfigured`."""
        wrong = []
        if self._picture is not None and not (known := self._bounds.never | self._bounds.adult) & set(
            labels := await self._picture.labels()
        ):
            wrong.append(
                f"{self._picture.name} knows {', '.join(labels)}, and the settings ask for {', '.join(sorted(known))}: "
                "every picture will be held"
            )
        if self._age is not None and not young_labels(await self._age.labels()):
            wrong.append(f"{self._age.name} has no label that is an age range below 18: every picture will be held")
        return wrong

    def _read(self, text: str, adult_ok: bool) -> list[tuple[str, str]]:
        prompt, found = read_prompt(text), list[tuple[str, str]]()
        for rule in self._rules:
            try:
                finding = rule.judge(prompt, adult_ok)
            except Exception as error:  # a rule fails closed
                log.exception("prompt_rule_failed", rule=rule.name, error=type(error).__name__)
                found.append(("hold", f"the rule {rule.name} failed"))
            else:
                found += [(finding.severity, finding.says)] if finding else []
        return found

    async def _ask(self, picture: Image.Image, adult_ok: bool) -> Judgement:
        if self._picture is None:
            return Judgement("hold", (NOBODY,))
        bounds = self._bounds
        wanted = bounds.never if adult_ok else bounds.never | bounds.adult
        return await self._weigh(self._picture, picture, wanted, bounds.never | bounds.adult)

    async def _ask_age(self, picture: Image.Image) -> Judgement:
        if self._age is None:
            return Judgement("pass")
        try:
            young = young_labels(await self._age.labels())
        except MuseError as error:
            return _held(self._age, error)
        return await self._weigh(self._age, picture, young, young)

    async def _weigh(
        self, classifier: PictureClassifier, picture: Image.Image, wanted: frozenset[str], known: frozenset[str]
    ) -> Judgement:
        try:
            found = await classifier.classify(picture)
        except MuseError as error:
            return _held(classifier, error)
        if not known & found.keys():
            return Judgement("hold", (f"{classifier.name} has no label that is asked for",))
        told = share(found, wanted)
        if not 0 <= told <= 1.01:  # also what is no number
            return Judgement("hold", (f"{classifier.name} gave no probabilities",))
        if told < self._bounds.hold:
            return Judgement("pass")
        said = ", ".join(f"{label} {found[label]:.2f}" for label in sorted(wanted & found.keys()))
        return Judgement("refuse" if told >= self._bounds.refuse else "hold", (f"{classifier.name}: {said}",))


def open_moderator(settings: Settings, embedder: Embedder | None = None) -> StudioModerator:
    """Open what judges prompts and pictures, as the settings say; nothing heavy is loaded yet.

    With an embedder prompts are judged by what they mean as well.
    """
    return StudioModerator(
        Bounds(
            _labels(settings.image_refused_labels),
            _labels(settings.image_adult_labels),
            settings.image_hold_above,
            max(settings.image_hold_above, settings.image_refuse_above),
        ),
        PictureClassifier(settings.image_moderator) if settings.image_moderator else None,
        PictureClassifier(settings.image_age_model) if settings.image_age_model else None,
        nearness=Nearness(embedder) if embedder is not None else None,
    )


def named_labels(settings: Settings) -> frozenset[str]:
    """Return the labels that the settings ask a classifier for, lower-case."""
    return _labels(settings.image_refused_labels) | _labels(settings.image_adult_labels)


def _labels(written: str) -> frozenset[str]:
    return frozenset(label.strip().lower() for label in written.split(",") if label.strip())


def _held(classifier: PictureClassifier, error: MuseError) -> Judgement:
    return Judgement("hold", (f"{classifier.name} could not judge it: {error}",))


def worst_of(name: str, *found: Judgement) -> Judgement:
    """Join judgements of one thing under a name: the strictest verdict, all reasons."""
    order = ("pass", "hold", "refuse")
    verdict = max((one.verdict for one in found), key=order.index)
    return Judgement(verdict, tuple(reason for one in found for reason in one.reasons), name)
