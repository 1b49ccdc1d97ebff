"""The Rasa components, fed with Rasa messages: spans, features, intents, and models that survive being saved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.nlu.constants import TOKENS_NAMES
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.components import (
    BorrowerFeaturizer,
    BorrowerTokenizer,
    LinearIntentClassifier,
    TextNormaliser,
    ValueExtractor,
)
from bot.nlu.components.normaliser import NORMALISED_TEXT

SENTENCES = {
    "request_deferral": ["能晚半个月还吗", "我想延期", "缓几天行不行", "可以延期三个月吗", "宽限几天", "推迟还款"],
    "greet": ["你好", "您好", "在吗", "早上好"],
    "ask_bill": ["我还欠多少", "还差多少钱", "查一下账单", "这个月要还多少"],
}


class Pipeline:
    """The components of config.yml, created, trained and used the way Rasa does it."""

    def __init__(self, folder: Path, **options: dict[str, Any]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.storage = LocalModelStorage.create(folder)
        self.context = ExecutionContext(GraphSchema({}), node_name="node")
        self.components = [
            self._made(component, "create", options.get(component.__name__, {}))
            for component in (TextNormaliser, BorrowerTokenizer, BorrowerFeaturizer, LinearIntentClassifier, ValueExtractor)
        ]
        self.options = options

    def _made(self, component: Any, how: str, options: dict[str, Any]) -> Any:
        config = {**component.get_default_config(), **options}
        component.validate_config(config) if hasattr(component, "validate_config") else None
        return getattr(component, how)(config, self.storage, Resource(component.__name__), self.context)

    def train(self, data: TrainingData) -> Pipeline:
        for component in self.components:
            if hasattr(component, "train"):
                component.train(data)
            if not isinstance(component, (LinearIntentClassifier, ValueExtractor)):
                data = component.process_training_data(data)
        return self

    def reloaded(self) -> Pipeline:
        for index, component in enumerate(self.components):
            if isinstance(component, (BorrowerFeaturizer, LinearIntentClassifier)):
                name = type(component).__name__
                self.components[index] = self._made(type(component), "load", self.options.get(name, {}))
        return self

    def understand(self, text: str) -> Message:
        message = Message.build(text)
        for component in self.components:
            (message,) = component.process([message])
        return message


def training_data() -> TrainingData:
    return TrainingData([Message.build(text, intent=intent) for intent, texts in SENTENCES.items() for text in texts])


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Pipeline:
    return Pipeline(tmp_path_factory.mktemp("model")).train(training_data())


@pytest.fixture(autouse=True)
def fixed_today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUANBAN_TODAY", "2026-11-23")


def entities_of(message: Message) -> list[tuple[str, Any, str]]:
    text = message.get(TEXT)
    return [(e["entity"], e["value"], text[e["start"] : e["end"]]) for e in values_of(message)]


def values_of(message: Message) -> list[dict[str, Any]]:
    """The entities with a value; aspects say what is asked, and have no span."""
    return [entity for entity in message.get(ENTITIES) if entity["entity"] != "aspect"]


def test_text_stays_as_typed_and_its_normal_form_stands_beside_it(pipeline: Pipeline) -> None:
    message = pipeline.understand("花被還款😭")
    assert message.get(TEXT) == "花被還款😭"
    assert message.get(NORMALISED_TEXT) == "花呗还款"


def test_tokens_are_words_in_normal_form_at_their_place_in_the_typed_text(pipeline: Pipeline) -> None:
    message = pipeline.understand("huabei 逾期三天会上征信吗")
    tokens = message.get(TOKENS_NAMES[TEXT])
    assert [token.text for token in tokens] == ["花呗", "逾期", "三天", "会", "上征信", "吗"]
    assert [message.get(TEXT)[token.start : token.end] for token in tokens] == ["huabei", "逾期", "三天", "会", "上征信", "吗"]


@pytest.mark.parametrize("word", ["借呗", "花呗", "微粒贷", "最低还款", "停息挂账", "上征信", "展期", "逾期", "提前还款"])
def test_words_of_the_field_stay_whole(pipeline: Pipeline, word: str) -> None:
    tokens = pipeline.understand(f"我的{word}怎么办").get(TOKENS_NAMES[TEXT])
    assert word in [token.text for token in tokens]


@pytest.mark.parametrize("text", ["  花呗  ", "花呗 借呗", "\n", " ", "😭", "***", "?"])
def test_no_token_is_white_space_alone_unless_the_message_is(pipeline: Pipeline, text: str) -> None:
    tokens = pipeline.understand(text).get(TOKENS_NAMES[TEXT])
    assert tokens
    assert not [token for token in tokens if token.text.isspace() and text.strip()]


def test_intent_is_named_and_the_others_ranked(pipeline: Pipeline) -> None:
    message = pipeline.understand("能不能延其一个月")
    ranking = message.get(INTENT_RANKING_KEY)
    assert message.get(INTENT) == ranking[0]
    assert ranking[0]["name"] == "request_deferral"
    assert {entry["name"] for entry in ranking} == set(SENTENCES)
    assert sum(entry["confidence"] for entry in ranking) == pytest.approx(1)


def test_slip_of_the_input_method_is_understood_like_the_word_meant(pipeline: Pipeline) -> None:
    for text in ("我想沿期", "推池还款", "我還欠多少"):
        assert pipeline.understand(text).get(INTENT)["confidence"] > 0.5


@pytest.mark.parametrize("text", ["", " ", "\u200b"])
def test_empty_message_has_no_intent_and_breaks_nothing(pipeline: Pipeline, text: str) -> None:
    message = pipeline.understand(text)
    assert values_of(message) == []


def test_saved_model_understands_as_the_trained_one(tmp_path: Path) -> None:
    trained = Pipeline(tmp_path).train(training_data())
    before = [trained.understand(text).get(INTENT_RANKING_KEY) for text in ("缓一下", "你好呀", "欠好多钱")]
    loaded = trained.reloaded()
    assert [loaded.understand(text).get(INTENT_RANKING_KEY) for text in ("缓一下", "你好呀", "欠好多钱")] == before


def test_training_twice_gives_the_same_model(tmp_path: Path) -> None:
    first, second = (Pipeline(tmp_path / name).train(training_data()) for name in ("a", "b"))
    assert first.understand("可以缓吗").get(INTENT_RANKING_KEY) == second.understand("可以缓吗").get(INTENT_RANKING_KEY)


@pytest.mark.parametrize("kind", ["svm", "logistic"])
def test_either_kind_of_linear_model_and_two_intents_will_do(tmp_path: Path, kind: str) -> None:
    two = TrainingData([m for m in training_data().training_examples if m.get(INTENT) != "greet"])
    pipeline = Pipeline(tmp_path, LinearIntentClassifier={"kind": kind, "C": 10.0}).train(two).reloaded()
    assert pipeline.understand("我想延期").get(INTENT)["name"] == "request_deferral"
    assert pipeline.understand("查账单").get(INTENT)["name"] == "ask_bill"


def test_one_intent_alone_trains_without_a_model(tmp_path: Path) -> None:
    one = TrainingData([Message.build("你好", intent="greet")])
    pipeline = Pipeline(tmp_path).train(one).reloaded()
    assert pipeline.understand("你好").get(INTENT)["name"] is None


def test_word_features_for_diet_have_one_row_per_token(tmp_path: Path) -> None:
    pipeline = Pipeline(tmp_path, BorrowerFeaturizer={"sequence": True}).train(training_data())
    message = pipeline.understand("我想延期三个月")
    sequence, sentence = message.get_sparse_features(TEXT)
    assert sequence is not None and sentence is not None
    assert sequence.features.shape[0] == len(message.get(TOKENS_NAMES[TEXT]))
    assert sequence.features.shape[1] == sentence.features.shape[1]


def test_values_of_a_whole_sentence(pipeline: Pipeline) -> None:
    message = pipeline.understand("我媽住院了，花被欠三千五，想緩到下个月15号")
    assert entities_of(message) == [
        ("hardship_reason", "family_illness", "媽住院"),
        ("product", "花呗", "花被"),
        ("amount", 350_000, "三千五"),
        ("date", "2026-12-15", "下个月15号"),
    ]
    assert {entity["extractor"] for entity in message.get(ENTITIES)} == {"ValueExtractor"}


def test_what_is_not_exact_has_a_role_and_its_bounds(pipeline: Pipeline) -> None:
    (amount,) = values_of(pipeline.understand("八百来块"))
    assert (amount["role"], amount["lower_fen"], amount["upper_fen"]) == ("approximate", 72_000, 88_000)
    (period,) = values_of(pipeline.understand("晚两三天"))
    assert (period["role"], period["lower_days"], period["upper_days"]) == ("approximate", 2, 3)
    (day,) = values_of(pipeline.understand("10号"))
    assert (day["value"], day["role"], day["reason"]) == ("2026-12-10", "ambiguous", "passed_this_month")


def test_vague_time_carries_its_reason(pipeline: Pipeline) -> None:
    assert entities_of(pipeline.understand("等发工资再还")) == [("vague_time", "payday", "等发工资再")]


def test_exact_value_has_no_role(pipeline: Pipeline) -> None:
    assert "role" not in values_of(pipeline.understand("晚半个月"))[0]


def test_entities_found_before_are_kept(pipeline: Pipeline) -> None:
    message = Message.build("三天", entities=[{"entity": "other", "value": "x", "start": 0, "end": 1}])
    ValueExtractor().process([message])
    assert [entity["entity"] for entity in values_of(message)] == ["other", "period"]


def test_today_is_the_fixed_day_or_shanghais(monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.nlu.components.extractor import shanghai_today

    monkeypatch.setenv("HUANBAN_TODAY", "2027-02-03")
    assert shanghai_today().isoformat() == "2027-02-03"
    monkeypatch.delenv("HUANBAN_TODAY")
    assert shanghai_today().year >= 2026


@pytest.mark.parametrize(
    "component", [TextNormaliser, BorrowerTokenizer, BorrowerFeaturizer, LinearIntentClassifier, ValueExtractor]
)
def test_training_cache_notices_a_changed_lexicon_or_helper(
    component: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from bot.nlu import lexicon

    before = component.fingerprint_addon({})
    assert component.fingerprint_addon({}) == before
    for path in lexicon.LEXICON_DIR.glob("*.yml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "products.yml").write_text("products: []\n", encoding="utf-8")
    monkeypatch.setattr(lexicon, "LEXICON_DIR", tmp_path)
    assert component.fingerprint_addon({}) != before


def test_featurizer_without_any_feature_is_refused() -> None:
    from rasa.shared.exceptions import InvalidConfigException

    with pytest.raises(InvalidConfigException):
        BorrowerFeaturizer.validate_config({"char_weight": 0, "word_weight": 0, "sound_weight": 0})
