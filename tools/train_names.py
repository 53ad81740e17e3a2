"""Makes nlu/name_model.txt: how names of people are told from other words. Run: python -m tools.train_names

Learns from text that tools.name_texts makes of the Xuhui pack's own corpus, and from the dictionary that jieba brings.
Nobody's real message is used. The same corpus gives the same file.
"""

import math
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from nlu.corpus import read_corpus
from nlu.name_features import Alphabet, candidates, features, word_starts
from nlu.name_model import FILE, NameModel, written
from nlu.normalise import normalise
from nlu.segment import known_words
from tools import name_words as words
from tools.name_texts import Stock, Text, elsewhere, texts, told

CORPUS = Path(__file__).resolve().parent.parent / "city" / "packs" / "xuhui" / "nlu.yml"
CONTEXTS, TRAPS = (Path(__file__).with_name(name) for name in ("name_contexts.txt", "name_traps.txt"))
"""Written for this: sentences with slots for names, and sentences without names that look as if they had some."""
COPIES = 4
COPIES_OF_CONTEXTS = 14
SEED = 12345
LEAST_SEEN = 4
LEAST_SURNAMES = 2
LEAST_FREQUENCY = 300
RARE_FREQUENCY = 10
RARE_IN_CORPUS = 3
USUAL_FREQUENCY = 2500
SELDOM = 0.00004
LOWEST = -2
STRENGTH = 0.6
"""The inverse of the regularisation (C)."""
_SMALLEST = 5
_NEVER = frozenset(
    "村镇街区县市省弄号楼室元的了是在我他这个们你她它就都也说要会着没看给把被让到和跟与及或但而所吗呢吧啊哦嗯么很还又再只被因"
)
"""Characters that end the name of a place, or hold a sentence together, far more often than they stand in a name."""


def dictionary() -> dict[str, tuple[int, str]]:
    """Word to frequency and tag, of the dictionary that jieba brings."""
    import jieba

    lines = Path(jieba.__file__).with_name("dict.txt").read_text(encoding="utf-8").splitlines()
    parts = (line.split() for line in lines)
    return {word: (int(frequency), tag) for word, frequency, tag in parts}


def alphabet(known: Mapping[str, tuple[int, str]], messages: Sequence[str]) -> Alphabet:
    """Levels of characters: how much more usual they are in names than elsewhere."""
    elsewhere = background(known, messages)
    surnames = Counter(dict.fromkeys(words.RARE_SURNAMES, 60.0))
    surnames.update(dict.fromkeys(words.COMMON_SURNAMES, 300.0))
    surnames.update(dict.fromkeys(words.COMMON_SURNAMES[:24], 1500.0))
    people = [word for word, (_, tag) in known.items() if tag in ("nr", "nrfg") and word[0] in surnames]
    first, last = Counter(_own()), Counter(_own())
    first.update(word[1] for word in people if len(word) == 3)
    last.update(word[2] for word in people if len(word) == 3)
    only = last + Counter(word[1] for word in people if len(word) == 2)
    seldom = rare(known, elsewhere)
    for count in (first, last, only):
        count.update({one: 1 for one in seldom if one not in count})
    return Alphabet(
        compound=frozenset(words.COMPOUND_SURNAMES),
        given=frozenset(given_names(known)),
        people=frozenset(word[-3:] for word in (*words.ROLES, *words.KIN)),
        speech=speech(known),
        surname=_levels(surnames, elsewhere),
        first=_levels(first, elsewhere),
        last=_levels(last, elsewhere),
        only=_levels(only, elsewhere),
    )


def background(known: Mapping[str, tuple[int, str]], messages: Sequence[str]) -> Mapping[str, float]:
    """How often characters stand in messages and in the dictionary's words that are no names; 0 for the others."""
    count: defaultdict[str, float] = defaultdict(float, Counter(chain.from_iterable(messages)))
    for word, (frequency, tag) in known.items():
        if not tag.startswith("nr"):
            for character in word:
                count[character] += frequency / 400
    return count


def rare(known: Mapping[str, tuple[int, str]], elsewhere: Mapping[str, float]) -> list[str]:
    """Characters that are so seldom in other words that parents may well have chosen them."""
    total = sum(elsewhere.values())
    found = {one for word in known if len(word) <= 2 for one in word if _is_simplified(one)}
    return sorted(one for one in found if elsewhere[one] / total < SELDOM)


def _is_simplified(character: str) -> bool:
    """Whether it is one of the 6,763 Chinese characters of GB 2312."""
    return "\u4e00" <= character <= "\u9fff" and len(character.encode("gb2312", "ignore")) > 0


def given_names(known: Mapping[str, tuple[int, str]]) -> list[str]:
    """Given names of two characters that the dictionary knows with several surnames, the most usual first."""
    surnames = set(words.COMMON_SURNAMES + words.RARE_SURNAMES)
    own = set(words.GIVEN)
    count = Counter(
        word[1:] for word, (_, tag) in known.items() if tag in ("nr", "nrfg") and len(word) == 3 and word[0] in surnames
    )
    return [given for given, n in count.most_common() if n >= LEAST_SURNAMES and set(given) <= own]


def speech(known: Mapping[str, tuple[int, str]]) -> dict[str, str]:
    """Parts of speech of usual words, one letter each (a capital: very usual), and of less usual ones that a surname begins.

    Names of places have the letter w.
    """
    surnames = set(words.COMMON_SURNAMES + words.RARE_SURNAMES)
    return {
        word: _letter(tag).upper() if n >= USUAL_FREQUENCY else _letter(tag)
        for word, (n, tag) in known.items()
        if n >= (RARE_FREQUENCY if 2 <= len(word) <= 3 and word[0] in surnames else LEAST_FREQUENCY)
        and tag[0] in "abcdfilmnpqrstuvyz"
        and not tag.startswith(("nr", "zg"))
    }


def _letter(tag: str) -> str:
    return "w" if tag == "ns" else tag[0]


def _own() -> Counter[str]:
    """The characters of name_words.GIVEN, the first ones most."""
    count: Counter[str] = Counter()
    for place, character in enumerate(words.GIVEN):
        count[character] += 120 if place < 60 else 70 if place < 150 else 25
    return count


def _levels(names: Counter[str], elsewhere: Mapping[str, float]) -> dict[str, int]:
    total, other = sum(names.values()), sum(elsewhere.values())
    ratios = {one: math.log(((n + 0.5) / total) / ((elsewhere[one] + 2) / other)) for one, n in names.items()}
    levels = {one: round(4.5 + 1.1 * ratio) for one, ratio in ratios.items()}
    own = set(words.GIVEN)
    return {
        one: max(0, min(9, level))
        for one, level in levels.items()
        if (level >= LOWEST or one in own) and "\u4e00" <= one <= "\u9fff" and one not in _NEVER
    }


def rows(made: Iterable[Text], letters: Alphabet) -> Iterator[tuple[list[str], bool]]:
    """Features of each candidate, and whether it is a name."""
    for one in made:
        text = normalise(one.text)
        if len(text) != len(one.text):
            continue
        plain = "".join("0" if c in "0123456789" else "a" if c.isascii() and c.isalpha() else c for c in text)
        starts = word_starts(known_words(text))
        for found in candidates(plain, letters):
            yield features(plain, found, starts, letters), found in one.names


def fitted(made: Iterable[Text], letters: Alphabet) -> NameModel:
    """The model of those texts."""
    place: dict[str, int] = {}
    columns, ends, is_name = array("i"), array("i", [0]), []
    for some, truly in rows(made, letters):
        columns.extend(place.setdefault(feature, len(place)) for feature in some)
        ends.append(len(columns))
        is_name.append(truly)
    matrix = csr_matrix((np.ones(len(columns), dtype=np.float32), columns, ends), shape=(len(is_name), len(place)))
    often = np.flatnonzero(np.bincount(np.frombuffer(columns, np.int32), minlength=len(place)) >= LEAST_SEEN)
    matrix = matrix[:, often]
    name_of = list(place)
    truth = np.array(is_name)
    model = LogisticRegression(C=STRENGTH, solver="liblinear", random_state=SEED).fit(matrix, truth)
    weights = {name_of[old]: round(100 * float(weight)) for old, weight in zip(often, model.coef_[0], strict=True)}
    print(f"{len(is_name)} candidates, {int(truth.sum())} names, {len(often)} features")
    return NameModel(
        alphabet=letters,
        weights={feature: weight for feature, weight in weights.items() if abs(weight) >= _SMALLEST},
        bias=round(100 * float(model.intercept_[0])),
    )


def stock(known: Mapping[str, tuple[int, str]], said: Counter[str], elsewhere: Mapping[str, float]) -> Stock:
    """What names are made of, and the words that could be taken for names; `said` counts the words of the corpus."""
    surnames = set(words.COMMON_SURNAMES + words.RARE_SURNAMES)
    plain = {word: (n, tag[0]) for word, (n, tag) in known.items() if not tag.startswith("nr")}
    return Stock(
        words=tuple(
            word
            for word, (n, tag) in plain.items()
            if len(word) == 2 and 50 < n < USUAL_FREQUENCY and tag in "nav" and said[word] < RARE_IN_CORPUS
        ),
        given=tuple(given_names(known)),
        seldom="".join(rare(known, elsewhere)),
        alike=tuple(word for word, (n, _) in plain.items() if 2 <= len(word) <= 3 and word[0] in surnames and n > 400),
    )


def main() -> None:
    """Learn and write the file."""
    examples, known = read_corpus(CORPUS), dictionary()
    said = Counter(word for example in examples for word in known_words(example.text))
    some = stock(known, said, background(known, [example.text for example in examples]))
    messages = list(elsewhere(examples, some, seed=SEED))
    letters = alphabet(known, messages)
    contexts, traps = (file.read_text(encoding="utf-8").splitlines() for file in (CONTEXTS, TRAPS))
    made = chain(
        texts(messages, some, copies=COPIES, seed=SEED),
        told(contexts, traps, some, copies=COPIES_OF_CONTEXTS, seed=SEED),
    )
    FILE.write_text(written(fitted(made, letters)), encoding="utf-8")


if __name__ == "__main__":
    main()
