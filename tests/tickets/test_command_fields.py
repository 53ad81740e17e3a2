"""What a command carries is checked before anything else looks at it, and what is wrong is named in Chinese."""

from typing import Any

import orjson
import pytest

from plumbing.errors import BadInput
from tickets.commands import CODE_CHARACTERS, FIELDS, LIST_ITEMS, REFUSE_CODES, RETURN_CODES, TEXT_CHARACTERS, checked
from tickets.types import CommandKind

C = CommandKind

GOOD: dict[str, Any] = {
    "text": "说明",
    "code": "a",
    "codes": ["a", "b"],
    "days": 3,
    "score": 5,
    "flag": True,
    "list": ["照片一"],
}
WRONG: dict[str, list[Any]] = {
    "text": [1, True, ["说明"], {"a": 1}, 1.5, b"x"],
    "code": [1, True, ["a"], {"a": 1}, "a\nb", "a\x00b", "a\u200bb", "\ud800"],
    "codes": ["a", 1, {"a": 1}, [1], [None], [["a"]], ["a\nb"]],
    "days": ["3", True, 0, 11, 3.0, -1, [3]],
    "score": ["5", True, 0, 6, 5.0, [5]],
    "flag": ["true", 1, 0, "no", [True]],
    "list": ["照片", 1, [1], [["照片"]], {"a": 1}],
}


def whole(kind: CommandKind) -> dict[str, Any]:
    """Every field of a command, rightly filled in."""
    return {field.name: field.choices[0] if field.choices else GOOD[field.kind] for field in FIELDS[kind]}


@pytest.mark.parametrize("kind", CommandKind)
def test_a_rightly_filled_command_passes_unchanged(kind: CommandKind) -> None:
    assert checked(kind, whole(kind)) == whole(kind)


@pytest.mark.parametrize("kind", CommandKind)
def test_every_field_refuses_every_other_type_and_is_named(kind: CommandKind) -> None:
    for field in FIELDS[kind]:
        for value in WRONG[field.kind]:
            with pytest.raises(BadInput) as error:
                checked(kind, whole(kind) | {field.name: value})
            assert error.value.code == "BAD_FIELD"
            assert field.label in error.value.sentence
            assert error.value.details["field"] == field.name
            assert error.value.status == 422


@pytest.mark.parametrize("kind", CommandKind)
@pytest.mark.parametrize("empty", [None, ""])
def test_a_required_field_is_asked_for_and_an_optional_one_is_not(kind: CommandKind, empty: str | None) -> None:
    for field in FIELDS[kind]:
        data = whole(kind) | {field.name: empty}
        if field.required:
            with pytest.raises(BadInput, match="MISSING_FIELD") as error:
                checked(kind, data)
            assert field.label in error.value.sentence
        else:
            assert field.name not in checked(kind, data)


@pytest.mark.parametrize("kind", CommandKind)
def test_an_unknown_field_is_refused_by_name(kind: CommandKind) -> None:
    with pytest.raises(BadInput, match="UNKNOWN_FIELD") as error:
        checked(kind, whole(kind) | {"state": "CLOSED"})
    assert "state" in error.value.sentence


def test_nobody_sets_a_promise_through_a_note() -> None:
    with pytest.raises(BadInput, match="UNKNOWN_FIELD"):
        checked(C.NOTE, {"text": "备注", "promise_due_at": "2026-09-14"})


@pytest.mark.parametrize(
    ("kind", "codes"), [(C.REQUEST_RETURN, RETURN_CODES), (C.REFUSE, REFUSE_CODES)], ids=["return", "refuse"]
)
def test_a_reason_is_one_of_the_list_and_the_list_is_said(kind: CommandKind, codes: dict[str, str]) -> None:
    for code in codes:
        assert checked(kind, whole(kind) | {"code": code})["code"] == code
    with pytest.raises(BadInput) as error:
        checked(kind, whole(kind) | {"code": "because"})
    assert all(code in error.value.sentence for code in codes)


@pytest.mark.parametrize(("n", "right"), [(TEXT_CHARACTERS, True), (TEXT_CHARACTERS + 1, False)])
def test_a_text_has_at_most_two_thousand_characters(n: int, right: bool) -> None:
    if right:
        assert len(checked(C.NOTE, {"text": "字" * n})["text"]) == n
    else:
        with pytest.raises(BadInput, match=str(TEXT_CHARACTERS)):
            checked(C.NOTE, {"text": "字" * n})


@pytest.mark.parametrize("field", [field for fields in FIELDS.values() for field in fields if field.kind == "code"])
def test_a_code_is_no_longer_than_its_column(field: Any) -> None:
    kind = next(kind for kind, fields in FIELDS.items() if field in fields)
    if field.choices:
        return
    assert checked(kind, whole(kind) | {field.name: "x" * field.longest})[field.name]
    with pytest.raises(BadInput):
        checked(kind, whole(kind) | {field.name: "x" * (field.longest + 1)})
    assert field.longest == CODE_CHARACTERS or field.name in ("row", "precedent", "commitment")


@pytest.mark.parametrize(("name", "kind"), [("supports", C.DISPATCH), ("evidence", C.REPLY)])
def test_a_list_has_at_most_twenty_items_and_none_is_dropped_in_silence(name: str, kind: CommandKind) -> None:
    items = [f"x{n}" for n in range(LIST_ITEMS)]
    assert checked(kind, whole(kind) | {name: items})[name] == items
    with pytest.raises(BadInput):
        checked(kind, whole(kind) | {name: [*items, "one more"]})
    assert checked(kind, whole(kind) | {name: ["x", ""]})[name] == ["x"]


def test_texts_are_trimmed_and_blank_ones_are_missing() -> None:
    assert checked(C.NOTE, {"text": "  已核实\n"}) == {"text": "已核实"}
    with pytest.raises(BadInput, match="MISSING_FIELD"):
        checked(C.NOTE, {"text": " \n\t"})


@pytest.mark.parametrize("text", ["一\x00二", "一\ud83d二"])
def test_what_no_database_takes_is_left_out(text: str) -> None:
    data = checked(C.NOTE, {"text": text})
    assert data == {"text": "一二"}
    assert orjson.dumps(data)


def test_false_is_an_answer() -> None:
    assert checked(C.CONTACT, {"reached": False}) == {"reached": False}
