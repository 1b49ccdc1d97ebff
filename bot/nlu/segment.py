"""Words of a Chinese text: rjieba with a consumer-credit dictionary in front, under spaCy's blank Chinese."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import rjieba
import spacy
from spacy.tokens import Doc
from spacy.vocab import Vocab

from bot.nlu import lexicon


@lru_cache(maxsize=1)
def segmenter() -> rjieba.Jieba:
    """Rjieba's cutter, once, with the words of data/lexicon/credit_words.yml and every product's and bank's name."""
    cutter = rjieba.Jieba()
    words = list(lexicon.load("credit_words")["words"])
    for product in lexicon.load("products")["products"]:
        words += [product["name"], *product.get("names", [])]
    words += [bank["name"] for bank in lexicon.load("banks")["banks"]]
    for word in words:
        # A high frequency, so that 上征信 is not cut as 会上 and 征信.
        cutter.add_word(word, 200_000, None)
    return cutter


def words_of(text: str) -> list[tuple[str, int, int]]:
    """The words of a text with their start and end; white space is no word."""
    return [(word, start, end) for word, start, end in segmenter().tokenize(text, hmm=False) if not word.isspace()]


@lru_cache(maxsize=1)
def language() -> Any:
    """SpaCy's blank Chinese pipeline whose tokenizer is ours; one per process."""
    nlp = spacy.blank("zh")
    nlp.tokenizer = _CreditTokenizer(nlp.vocab)
    return nlp


class _CreditTokenizer:
    """A tokenizer as spaCy expects one: text in, Doc out, every character kept."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        words: list[str] = []
        spaces: list[bool] = []
        position = 0
        for word, start, end in words_of(text):
            if start > position:
                gap = text[position:start]
                if spaces and gap == " ":
                    spaces[-1] = True
                else:
                    words.append(gap)
                    spaces.append(False)
            words.append(word)
            spaces.append(False)
            position = end
        if position < len(text):
            words.append(text[position:])
            spaces.append(False)
        return Doc(self.vocab, words=words, spaces=spaces)

    def to_bytes(self, **_: Any) -> bytes:
        """Nothing to save: the dictionary is a file of the project."""
        return b""

    def from_bytes(self, _: bytes, **__: Any) -> _CreditTokenizer:
        """Nothing to load."""
        return self
