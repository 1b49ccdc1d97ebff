"""The Rasa tokenizer for borrowers' Chinese."""

from __future__ import annotations

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message

from bot.nlu import lexicon
from bot.nlu.components.normaliser import normalised_of
from bot.nlu.segment import language


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class BorrowerTokenizer(Tokenizer):
    """spaCy's Chinese with a consumer-credit dictionary in front. Words are in normal form, places are as typed."""

    @staticmethod
    def supported_languages() -> list[str]:
        """Chinese."""
        return ["zh"]

    @staticmethod
    def required_packages() -> list[str]:
        """What it cannot run without."""
        return ["spacy", "rjieba"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The settings every Rasa tokenizer has."""
        return {
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
            "prefix_separator_symbol": None,
        }

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Changes when a lexicon or the segmentation does."""
        return lexicon.digest("segment.py")

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """The words of an attribute, at least one if it has any text; white space is no word."""
        normalised = normalised_of(message, attribute)
        tokens = []
        for word in language()(normalised.text):
            if not word.text.isspace():
                start, end = normalised.original_span(word.idx, word.idx + len(word.text))
                tokens.append(Token(word.text, start, end))
        if not tokens:
            text = message.get(attribute)
            tokens = [Token(text, 0, len(text))]
        return list(self._apply_token_pattern(tokens))
