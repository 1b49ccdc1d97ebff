"""Rasa's policy that follows the rulebook."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Iterable, Mapping
from typing import Any

from rasa.core.policies.policy import PolicyPrediction
from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.constants import (
    ACTION_LISTEN_NAME,
    ACTION_SESSION_START_NAME,
    REQUESTED_SLOT,
    RULE_SNIPPET_ACTION_NAME,
)
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    BotUttered,
    Event,
    LoopInterrupted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker

from bot.policies.rulebook import AfterForm, Conditional, Rulebook, RuleError, SilenceRule, Turn, next_step

log = logging.getLogger(__name__)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class ConversationPolicy(RulePolicy):  # a RulePolicy, since Rasa wants one in the ensemble wherever there are forms
    """Predicts what `bot.policies.rulebook.next_step` says, with full confidence.

    Rasa's own `RulePolicy` compares feature strings of the whole conversation and knows no digression from a form without a
    rule for each pair of form and intent; a table and the current turn say the same in constant time.
    """

    def _opening(self, tracker: DialogueStateTracker) -> str | None:
        intent = tracker.latest_message.intent.get("name") if tracker.latest_message else None
        if not self._openings or intent in self._without_opening:
            return None
        return opening_of(reversed(tracker.events), self._openings)

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Rasa's settings of a rule policy, and ours: urgent intents, words against silence, a second question, kind words."""
        return {
            **RulePolicy.get_default_config(),
            "urgent_intents": [],
            "intents_that_end_forms": [],
            "silence_response": "utter_no_answer",
            "silence_response_by_action": {},
            "silence_response_by_intent": {},
            "offer_second_action": "",
            "openings": {},
            "without_opening": [],
        }

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        featurizer: Any = None,
        lookup: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(config, model_storage, resource, execution_context, featurizer, lookup)
        self._rulebook = Rulebook.from_json(lookup["rulebook"]) if lookup else None
        self._urgent = frozenset(config["urgent_intents"])
        self._ends_forms = frozenset(config["intents_that_end_forms"])
        self._offer = config["offer_second_action"]
        self._openings: dict[str, str] = config["openings"]
        self._without_opening = frozenset(config["without_opening"])
        self._silence = SilenceRule(
            config["silence_response"], config["silence_response_by_action"], config["silence_response_by_intent"]
        )

    def train(self, training_trackers: list[TrackerWithCachedStates], domain: Domain, **kwargs: Any) -> Resource:
        """Reads the rules into the table.

        Raises:
            RuleError: a rule has an unknown shape, an intent has two answers, or an intent has none.
        """
        rules = [tracker for tracker in training_trackers if tracker.is_rule_tracker]
        self._rulebook = rulebook_of(rules, forms=frozenset(domain.form_names))
        missing = [i for i in domain.intents if i not in self._rulebook.answers and not _is_rasas_own(i)]
        if missing:
            raise RuleError(f"No rule in data/rules/ answers these intents of the domain: {', '.join(sorted(missing))}")
        self.lookup = {"rulebook": self._rulebook.to_json()}
        self.persist()
        return self._resource

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        """The next step with probability 1."""
        assert self._rulebook is not None, "the policy was not trained"
        step = next_step(
            self._rulebook,
            dataclasses.replace(turn_of(tracker, self._ends_forms), opening=self._opening(tracker)),
            urgent=self._urgent,
            fallback="nlu_fallback",
            silence=self._silence,
            offer=self._offer,
        )
        return self._prediction(
            self._prediction_result(step.action, tracker, domain),
            events=[LoopInterrupted(True)] if step.interrupted else [],
        )


def opening_of(events: Iterable[Event], openings: Mapping[str, str]) -> str | None:
    """The kind word that the latest message calls for; each is said once in a conversation, or it would sound like a machine.

    Args:
        events: the conversation, newest first.
        openings: the response for each feeling, by the aspect that names it.
    """
    wanted: str | None = None
    message: UserUttered | None = None
    for event in events:
        if isinstance(event, ActionExecuted):
            if event.action_name == ACTION_SESSION_START_NAME:
                break
            if message is not None and event.action_name == wanted:
                return None
        elif isinstance(event, UserUttered) and message is None:
            message = event
            aspects = [entity.get("value") for entity in event.entities or [] if entity.get("entity") == "aspect"]
            wanted = next((openings[aspect] for aspect in aspects if aspect in openings), None)
            if wanted is None:
                return None
    return wanted


def _is_rasas_own(intent: str) -> bool:
    return intent in ("restart", "back", "session_start")


def turn_of(tracker: DialogueStateTracker, ends_forms: frozenset[str] = frozenset()) -> Turn:
    """The current turn; reads the conversation from its end back to the borrower's last message, and no further.

    Only in a turn that ends a form is the whole conversation read, for the form that had been under way before that one.
    """
    events: list[Event] = []
    message: UserUttered | None = None
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            message = event
            break
        if isinstance(event, ActionExecuted) and event.action_name == ACTION_SESSION_START_NAME:
            break
        events.append(event)
    events.reverse()
    executed = [e.action_name for e in events if isinstance(e, ActionExecuted) and e.action_name != ACTION_LISTEN_NAME]
    rejected = next((e.action_name for e in events if isinstance(e, ActionExecutionRejected)), None)
    loops = [e for e in events if isinstance(e, ActiveLoop)]
    form_before = tracker.active_loop_name
    if loops:
        form_before = None if loops[0].name else _form_before(tracker, message)
    return Turn(
        intent=message.intent.get("name") or "nlu_fallback" if message else None,
        form_before=form_before,
        form_now=tracker.active_loop_name,
        executed=executed,
        rejected=rejected is not None,
        # A message without a channel is a story's; nobody is listening there, and no action runs that could speak.
        said_something=any(isinstance(e, BotUttered) for e in events) or (message is not None and not message.input_channel),
        slots={name: slot.value for name, slot in tracker.slots.items()},
        form_ended=any(event.name is None for event in loops),
        suspended=suspended_form(tracker.events, ends_forms) if loops and loops[-1].name is None else None,
        asks_more=message is not None and bool((message.parse_data or {}).get("second_intent")),
    )


def suspended_form(events: Iterable[Event], ends_forms: frozenset[str]) -> str | None:
    """The form that is to be gone on with, when the latest one has ended: the one that it had interrupted.

    A form that is ended by a message of `ends_forms` takes those below it along: nobody is led back to a debt after a crisis.
    """
    under_way: list[str] = []
    intent = None
    for event in events:
        if isinstance(event, UserUttered):
            intent = event.intent_name
        elif isinstance(event, ActionExecuted) and event.action_name == ACTION_SESSION_START_NAME:
            under_way.clear()
        elif isinstance(event, ActiveLoop):
            if event.name is None:
                del under_way[0 if intent in ends_forms else -1 :]
            elif event.name in under_way:
                del under_way[under_way.index(event.name) + 1 :]
            else:
                under_way.append(event.name)
    return under_way[-1] if under_way else None


def _form_before(tracker: DialogueStateTracker, message: UserUttered | None) -> str | None:
    """The form that was active when the message came; asked only in the turn that ended it."""
    earlier = False
    for event in reversed(tracker.events):
        if event is message:
            earlier = True
        elif earlier and isinstance(event, ActiveLoop):
            return event.name  # type: ignore[no-any-return]
    return None


def rulebook_of(rules: list[TrackerWithCachedStates], forms: frozenset[str]) -> Rulebook:
    """The table of all rules.

    Raises:
        RuleError: see `ConversationPolicy.train`.
    """
    answers: dict[str, tuple[str, ...]] = {}
    after_form: dict[str, list[AfterForm]] = {}
    under_condition: list[Conditional] = []
    for tracker in rules:
        name = tracker.sender_id
        events = list(tracker.events)
        intents = [e.intent_name for e in events if isinstance(e, UserUttered)]
        actions = [
            e.action_name
            for e in events
            if isinstance(e, ActionExecuted) and e.action_name not in (ACTION_LISTEN_NAME, RULE_SNIPPET_ACTION_NAME)
        ]
        if intents:
            asked = next(i for i, e in enumerate(events) if isinstance(e, UserUttered))
            condition = {e.key: e.value for e in events[:asked] if isinstance(e, SlotSet)}
            if condition:
                under_condition.append(Conditional(str(intents[0]), tuple(actions), condition))
                continue
            if intents[0] in answers:
                raise RuleError(f"Rule {name!r}: the intent {intents[0]!r} has an answer already")
            answers[str(intents[0])] = tuple(actions)
            continue
        if not actions or actions[0] not in forms:
            raise RuleError(f"Rule {name!r} must start with an intent, or with the form whose end it follows")
        # The slots that stand after the form's end in the rule are its condition.
        ended = next((i for i, e in enumerate(events) if isinstance(e, ActiveLoop) and e.name != actions[0]), len(events))
        slots = {e.key: e.value for e in events[ended:] if isinstance(e, SlotSet) and e.key != REQUESTED_SLOT}
        after_form.setdefault(actions[0], []).append(AfterForm(tuple(actions[1:]), slots))
    followers = {form: tuple(found) for form, found in after_form.items()}
    return Rulebook(answers, followers, forms, tuple(under_condition))
