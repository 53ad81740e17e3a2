"""The chain and the anchor: any change of any line shows."""

from copy import deepcopy
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plumbing.crypto import GENESIS, canonical, commitment, link, merkle_root

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
ENTRIES = st.lists(st.dictionaries(st.text(max_size=4), PLAIN, max_size=4), min_size=1, max_size=6)
HASHES = st.binary(min_size=32, max_size=32).map(bytes.hex)


def head(entries: list[dict[str, Any]]) -> str:
    last = GENESIS
    for entry in entries:
        last = link(last, entry)
    return last


def test_the_order_of_keys_and_the_time_zone_do_not_matter_but_everything_else_does() -> None:
    noon = datetime(2026, 9, 14, 4, 0, tzinfo=UTC)
    shanghai = noon.astimezone(timezone(timedelta(hours=8)))
    assert canonical({"a": 1, "b": "街道"}) == canonical({"b": "街道", "a": 1}) == '{"a":1,"b":"街道"}'.encode()
    assert canonical({"at": noon}) == b'{"at":"2026-09-14T04:00:00Z"}'
    assert canonical({"at": shanghai}) != canonical({"at": noon})  # so the caller brings every instant to UTC first


@given(ENTRIES, st.data())
def test_any_change_of_an_entry_changes_the_head(entries: list[dict[str, Any]], data: st.DataObject) -> None:
    changed = deepcopy(entries)
    place = data.draw(st.integers(0, len(entries) - 1))
    changed[place]["changed"] = data.draw(st.integers(0, 99))
    assert (head(changed) == head(entries)) is (changed == entries)


@given(st.lists(st.integers(0, 99), min_size=2, max_size=6, unique=True))
def test_an_entry_left_out_added_or_moved_changes_the_head(values: list[int]) -> None:
    entries = [{"value": value} for value in values]
    whole = head(entries)
    assert head(entries[1:]) != whole
    assert head(entries[:-1]) != whole
    assert head([*entries, entries[-1]]) != whole
    assert head(entries[::-1]) != whole


def test_a_chain_continues_what_was_before() -> None:
    assert link(GENESIS, {"a": 1}) != link(link(GENESIS, {}), {"a": 1})
    assert len(link(GENESIS, {})) == 64


@given(st.lists(HASHES, min_size=1, max_size=9, unique=True), st.data())
def test_any_leaf_and_any_order_changes_the_root(leaves: list[str], data: st.DataObject) -> None:
    root = merkle_root(leaves)
    place = data.draw(st.integers(0, len(leaves) - 1))
    other = data.draw(HASHES.filter(lambda leaf: leaf != leaves[place]))
    assert merkle_root([*leaves[:place], other, *leaves[place + 1 :]]) != root
    assert merkle_root(leaves[:place] + leaves[place + 1 :]) != root
    assert merkle_root([*leaves, leaves[-1]]) != root
    shuffled = data.draw(st.permutations(leaves))
    assert (merkle_root(shuffled) == root) is (shuffled == leaves)


def test_the_root_is_that_of_rfc_6962() -> None:
    def leaf(text: str) -> bytes:
        return sha256(b"\x00" + text.encode()).digest()

    def node(left: bytes, right: bytes) -> bytes:
        return sha256(b"\x01" + left + right).digest()

    a, b, c, d, e = (leaf(text) for text in "abcde")
    assert merkle_root([]) == GENESIS
    assert merkle_root(["a"]) == a.hex()
    assert merkle_root(["a", "b", "c"]) == node(node(a, b), c).hex()
    assert merkle_root(list("abcde")) == node(node(node(a, b), node(c, d)), e).hex()


def test_a_node_cannot_pass_for_a_leaf() -> None:
    inner = [merkle_root(["a", "b"]), merkle_root(["c", "d"])]
    assert merkle_root(inner) != merkle_root(["a", "b", "c", "d"])


@pytest.mark.parametrize(("salt", "text"), [("s", "另一句"), ("t", "一句"), ("", "一句"), ("s", "")])
def test_a_commitment_proves_its_text_only_with_its_salt(salt: str, text: str) -> None:
    assert commitment("s", "一句") == commitment("s", "一句")
    assert commitment(salt, text) != commitment("s", "一句")
