"""What a resident's form says, read without a page."""

import pytest

from channels.web import rules, words
from plumbing.errors import BadInput
from tickets.moves import WORDS
from tickets.types import LegState

FORM = "form-0123456789abcdef"
SHOWN = {"answers": True}


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("19900001234", "+8619900001234"),
        ("199 0000 1234", "+8619900001234"),
        ("１９９００００１２３４", "+8619900001234"),
        ("+86 199-0000-1234", "+8619900001234"),
        ("021-54321000", "+862154321000"),
        ("(021)54321000", "+862154321000"),
        ("0517 8321 0000", "+8651783210000"),
        ("", None),
        ("   ", None),
    ],
)
def test_a_phone_is_understood_as_people_write_it(said: str, meant: str | None) -> None:
    assert rules.e164(said) == meant


@pytest.mark.parametrize("said", ["1990000123", "199000012345", "五四三二一", "54321000", "abc", "12345"])
def test_a_number_that_nobody_can_call_is_refused_with_its_field(said: str) -> None:
    with pytest.raises(BadInput) as refused:
        rules.e164(said)
    assert refused.value.details["field"] == "phone"
    assert refused.value.status == 422


def test_a_form_becomes_a_message_with_the_forms_own_id() -> None:
    message = rules.incoming(
        {
            "text": " 路灯不亮\r\n三天了 ",
            "place": "斜土路",
            "phone": "19900001234",
            "name": "李阿姨",
            "confidential": "1",
        },
        form_id=FORM,
    )
    assert (message.channel, message.external_id, message.sender) == ("web", FORM, f"web:{FORM}")
    assert message.text == "路灯不亮\n三天了"
    assert (
        message.facts
        == {"place": "斜土路", "name": "李阿姨", "contact": "+8619900001234", "confidential": True} | SHOWN
    )


def test_a_phone_that_nobody_has_proved_is_a_contact_and_never_the_sender() -> None:
    mine = rules.incoming({"text": "路灯不亮", "phone": "19900001234"}, form_id=FORM)
    other = rules.incoming({"text": "看看邻居的进度", "phone": "19900001234"}, form_id="another-form-0123")
    assert mine.sender != other.sender
    assert "19900001234" not in mine.sender


def test_anonymous_leaves_neither_name_nor_phone_even_when_typed() -> None:
    message = rules.incoming(
        {"text": "路灯不亮", "phone": "19900001234", "name": "李阿姨", "anonymous": "1"}, form_id=FORM
    )
    assert message.facts == {"anonymous": True} | SHOWN
    assert "19900001234" not in repr(message)
    assert "李阿姨" not in repr(message)


def test_anonymous_does_not_stumble_over_a_phone_that_is_thrown_away_anyway() -> None:
    assert (
        rules.incoming({"text": "x", "phone": "12", "anonymous": "1"}, form_id=FORM).facts
        == {"anonymous": True} | SHOWN
    )


def test_the_trap_for_robots_is_refused_aloud() -> None:
    with pytest.raises(BadInput) as refused:
        rules.incoming({"text": "x", "website": "http://spam.example"}, form_id=FORM)
    assert refused.value.code == "TRAP"


@pytest.mark.parametrize(("length", "taken"), [(199, True), (200, True), (201, False)])
def test_a_place_ends_at_200_characters(length: int, taken: bool) -> None:
    form = {"text": "x", "place": "路" * length}
    if taken:
        assert rules.incoming(form, form_id=FORM).facts["place"] == "路" * length
    else:
        with pytest.raises(BadInput):
            rules.incoming(form, form_id=FORM)


@pytest.mark.parametrize(
    ("form_id", "usable"),
    [("a" * 15, False), ("a" * 16, True), ("a" * 64, True), ("a" * 65, False), ("a" * 15 + "\n", False), ("", False)],
)
def test_a_forms_id_has_16_to_64_safe_characters(form_id: str, usable: bool) -> None:
    assert rules.usable_id(form_id) is usable


def test_a_rating_is_numbers_and_flags() -> None:
    given = {"score": "4", "solved": "no", "contacted": "yes", "text": " 还漏 "}
    assert rules.action_data("rate", given) == {"score": 4, "solved": False, "contacted": True, "text": "还漏"}


def test_a_rating_that_says_nothing_of_contact_leaves_it_out() -> None:
    assert rules.action_data("rate", {"score": "5", "solved": "yes"}) == {"score": 5, "solved": True}


@pytest.mark.parametrize(
    ("action", "fields", "field"),
    [
        ("rate", {"solved": "yes"}, "score"),
        ("rate", {"solved": "yes", "score": "0"}, "score"),
        ("rate", {"solved": "yes", "score": "6"}, "score"),
        ("rate", {"solved": "yes", "score": "５"}, "score"),
        ("rate", {"score": "5"}, "solved"),
        ("rate", {"score": "5", "solved": "maybe"}, "solved"),
        ("supply", {"text": " \r\n "}, "text"),
        ("reopen", {}, "reason"),
    ],
)
def test_what_is_missing_is_named(action: str, fields: dict[str, str], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        rules.action_data(action, fields)
    assert refused.value.details["field"] == field


def test_a_proof_may_be_copied_with_blanks() -> None:
    assert rules.proof(" 5f0c 9a１２ ") == "5f0c9a12"


def test_a_number_is_read_out_in_groups() -> None:
    assert rules.grouped("26070312345678") == ("2607", "0312", "345", "678")
    assert rules.digits("２６07 0312-345 678") == "26070312345678"


@pytest.mark.parametrize("state", list(LegState))
def test_every_state_has_plain_words(state: LegState) -> None:
    assert words.plain(WORDS[state]).endswith("。")


def test_a_message_without_a_ticket_yet_has_plain_words_too() -> None:
    assert words.plain("已收到").startswith("我们已收到")
    assert words.stage("已收到") == 0


def test_a_word_that_is_no_state_is_left_alone() -> None:
    assert words.plain("别的") == ""
    assert words.stage("别的") is None


def test_a_position_goes_with_the_form_only_as_a_pair() -> None:
    both = rules.incoming({"text": "灯坏了", "lat": "31.2", "lon": "121.44"}, form_id=FORM)
    assert (both.facts["lat"], both.facts["lon"]) == ("31.2", "121.44")
    assert "lat" not in rules.incoming({"text": "灯坏了", "lat": "31.2", "lon": ""}, form_id=FORM).facts
