"""Cutting a text into words: rjieba, or jieba where rjieba is not installed; both cut alike."""

import warnings
from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache, partial
from tempfile import TemporaryDirectory
from typing import Any, Protocol

_FREQUENCY = 20_000
"""High enough that an added word wins over its parts, low enough that a longer one wins over it."""


class Segmenter(Protocol):
    """Something that cuts a text into words; joined, they are the text again."""

    def cut(self, text: str) -> Sequence[str]: ...


def segmenter(words: Iterable[str] = ()) -> Segmenter:
    """A segmenter that knows `words` beside its own dictionary. The same words give the same one back."""
    return _made(tuple(sorted({word for word in words if len(word) > 1})))


def known_words(text: str) -> Sequence[str]:
    """The text cut into words of the dictionary and single characters: unknown words are not guessed."""
    return _known_cutter()(text)


@cache
def _known_cutter() -> Callable[[str], Sequence[str]]:
    made = segmenter()
    if isinstance(made, _Reference):
        return made.cut_known
    return partial(made.cut, hmm=False)  # type: ignore[call-arg]


@lru_cache(maxsize=4)
def _made(words: tuple[str, ...]) -> Segmenter:
    try:
        return _fast(words)
    except ImportError:
        return reference(words)


def _fast(words: tuple[str, ...]) -> Segmenter:
    from rjieba import Jieba

    made = Jieba()
    for word in words:
        made.add_word(word, _FREQUENCY, None)
    return made


def reference(words: tuple[str, ...]) -> Segmenter:
    """jieba itself. Its cache goes to a private folder that is gone afterwards: the usual place is anybody's to write."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba

        jieba.setLogLevel("WARNING")
    made = jieba.Tokenizer()
    with TemporaryDirectory() as folder:
        made.tmp_dir = folder
        made.initialize()
    for word in words:
        made.add_word(word, _FREQUENCY)
    return _Reference(made)


class _Reference:
    """jieba's tokenizer behind the protocol: a list instead of a generator."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer

    def cut(self, text: str) -> Sequence[str]:
        return list(self._tokenizer.cut(text))

    def cut_known(self, text: str) -> Sequence[str]:
        return list(self._tokenizer.cut(text, HMM=False))
