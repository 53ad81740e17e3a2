"""Hashes that make history tamper-evident. Pure."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

GENESIS = "0" * 64


def canonical(value: Mapping[str, Any]) -> bytes:
    """The one byte form of a JSON value: sorted keys, no spaces, UTF-8, instants as ISO with Z."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z)


def link(previous: str, entry: Mapping[str, Any]) -> str:
    """The hash of an entry that follows `previous`, hexadecimal SHA-256."""
    return hashlib.sha256(previous.encode() + canonical(entry)).hexdigest()


def commitment(salt: str, text: str) -> str:
    """A salted commitment: proves a text later, tells nothing once the salt is erased."""
    return hmac.new(salt.encode(), text.encode(), hashlib.sha256).hexdigest()


def merkle_root(leaves: Sequence[str]) -> str:
    """The root over hexadecimal hashes in the given order; GENESIS for none.

    Leaves and nodes are hashed with different prefixes (RFC 6962), so that a node cannot pass for a leaf.
    """
    level = [hashlib.sha256(b"\x00" + leaf.encode()).digest() for leaf in leaves]
    if not level:
        return GENESIS
    while len(level) > 1:
        pairs = [
            hashlib.sha256(b"\x01" + level[i] + level[i + 1]).digest() if i + 1 < len(level) else level[i]
            for i in range(0, len(level), 2)
        ]
        level = pairs
    return level[0].hex()
