"""Noise for tests: of the strength that it says, the same for the same seed, and nothing else touched."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlu.noise import NOISES, homophones, misheard, noisy, syllable
from nlu.normalise import normalise

TEXT = "天钥桥路100弄门口的路灯坏了3个多月，晚上很黑，老人摔了一跤，请你们派人来修一下。"


def _han(text: str) -> int:
    return sum("\u4e00" <= char <= "\u9fff" for char in text)


@pytest.mark.parametrize("kind", NOISES)
def test_the_same_seed_gives_the_same_text_and_another_seed_may_not(kind: str) -> None:
    assert noisy(TEXT, kind, seed=1) == noisy(TEXT, kind, seed=1)
    assert noisy(TEXT, kind) != TEXT or kind == "misheard"


@pytest.mark.parametrize("rate", [0.0, 0.1, 0.5])
def test_homophones_replace_so_many_characters_by_others_of_the_same_syllable(rate: float) -> None:
    text = TEXT * 10
    out = homophones(text, Random(1), rate=rate)
    differing = [(a, b) for a, b in zip(text, out, strict=True) if a != b]
    assert all(syllable(a) == syllable(b) for a, b in differing)
    assert len(differing) <= round(rate * _han(text)) + 1
    assert len(differing) >= 0.8 * rate * _han(text)  # a few syllables have one character only


def test_misheard_characters_sound_nearly_alike() -> None:
    out = misheard("零陵路是长桥", Random(3), rate=1.0)
    for said, heard in zip("零陵路是长桥", out, strict=True):
        assert syllable(said)[-1] in syllable(heard) or syllable(said).rstrip("g") == syllable(heard).rstrip("g")
    assert out != "零陵路是长桥"


def test_what_normalising_undoes_is_the_same_text_again() -> None:
    for kind in ("full_width", "traditional"):
        assert normalise(noisy(TEXT, kind)) == normalise(TEXT)


def test_dialect_speaks_shanghainese() -> None:
    assert noisy("我们小区的垃圾没有人收，你们怎么不管", "dialect") == "阿拉小区额勒色呒没人收，倷哪能勿管"


@settings(deadline=None)
@given(st.text(max_size=80), st.sampled_from(sorted(NOISES)))
def test_any_text_can_be_made_noisy(text: str, kind: str) -> None:
    assert isinstance(noisy(text, kind), str)
