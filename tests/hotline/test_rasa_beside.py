"""Rasa as config.yml wants it: its decisions in the history, its questions in a call; away, the hotline goes on as ever."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from hotline import doctor, installation
from hotline import rasa as wiring
from hotline.converse import Converse
from hotline.intake import Intake
from nlu.brain import EmbeddedBrain
from nlu.rasa_brain import RasaBrain
from nlu.rasa_client import RasaClient
from plumbing import config as configuration
from plumbing.config import Config
from plumbing.errors import ConfigError
from tickets.types import Channel, EventKind, Incoming, LegState
from tools.rasa_provider import MODEL, Provider, nobody_there, provider

PACK = configuration.ROOT / "city" / "packs" / "xuhui"
LAMP = "路灯不亮了三天"
WEBHOOK = "/webhooks/rest/webhook"
RESPONSES: dict[str, Any] = yaml.safe_load((PACK / "rasa" / "domain.yml").read_text(encoding="utf-8"))["responses"]
WHERE = RESPONSES["utter_ask_place"][0]["text"]


@pytest.fixture
def rasa() -> Iterator[Provider]:
    with provider() as one:
        yield one


@pytest.fixture
def wanting(tmp_path: Path) -> Callable[..., Config]:
    """`wanting(url, engine="rasa")` -> the shipped config.yml with that section of nlu."""

    def make(url: str, *, engine: str = "embedded", pack: Path = PACK, **rasa: Any) -> Config:
        content = yaml.safe_load((configuration.ROOT / "config.yml").read_text(encoding="utf-8"))
        content["hotline"]["nlu"] |= {"engine": engine, "rasa": {"failures": 1, "timeout_ms": 5000, **rasa}}
        file = tmp_path / "config.yml"
        file.write_text(yaml.safe_dump(content), encoding="utf-8")
        return configuration.load(file, {"HOTLINE_RASA_URL": url, "HOTLINE_CITY_PACK": str(pack)})

    return make


def call(house: Any, text: str, *, turn: int = 1, about: str | None = None) -> str:
    incoming = Incoming(
        channel=Channel.PHONE, external_id=f"CA1:{turn}", sender="+8619900001234", text=text, about=about
    )
    number = str(house.runtime.intake.accept(incoming).receipt_no)
    house.settle()
    return number


def understood(house: Any, number: str) -> dict[str, Any]:
    events = house.client("supervisor").get(f"/api/v1/tickets/{number}").json()["events"]
    return dict([one for one in events if one["kind"] == EventKind.UNDERSTOOD][-1]["data"])


def chat_of(config: Config) -> wiring.FormChat:
    chat = wiring.form_chat(config)
    assert chat is not None
    return chat


@pytest.fixture
def beside(house: Any, one_brain: EmbeddedBrain) -> Iterator[Callable[[str], None]]:
    """`beside(url)`: the house understands with the Rasa at that address beside its own engine."""
    made: list[RasaClient] = []

    def use(url: str) -> None:
        made.append(RasaClient(url, timeout_seconds=5, failures=1, pause_seconds=30, monotonic=lambda: 0.0))
        house.runtime.reference.brain = RasaBrain(one_brain, made[-1], matters=one_brain.cards["matter"].classes)

    yield use
    for client in made:
        client.close()


def test_the_history_says_that_rasa_decided_and_with_which_model(
    house: Any, rasa: Provider, beside: Callable[[str], None], one_brain: EmbeddedBrain
) -> None:
    text = "康平路路灯不亮了三天"
    [own] = one_brain.parse_many([text])
    rasa.ranks({f"m{own.matters[0].label}": 0.8})
    beside(rasa.url)
    told = understood(house, call(house, text))
    assert (told["engine"], told["model"], told["matter"]) == ("rasa", MODEL, own.matters[0].label)


def test_what_rasa_sees_otherwise_waits_for_a_dispatcher(
    house: Any, rasa: Provider, beside: Callable[[str], None]
) -> None:
    rasa.ranks({"m0101": 0.99, "m0102": 0.01})
    beside(rasa.url)
    number = call(house, "康平路路灯不亮了三天")
    ticket = house.client("supervisor").get(f"/api/v1/tickets/{number}").json()
    assert ticket["state"] == LegState.RECEIVED
    assert understood(house, number)["matters"][0][0] == "0101"


def test_no_personal_data_is_sent_to_rasa(house: Any, rasa: Provider, beside: Callable[[str], None]) -> None:
    rasa.ranks({"m0101": 1.0})
    beside(rasa.url)
    call(house, "我叫王小明，身份证11010519491231002X，康平路路灯不亮，打我13800000000")
    [sent] = rasa.texts()
    assert "路灯不亮" in sent
    assert not [secret for secret in ("王小明", "11010519491231002X", "13800000000") if secret in sent]


def test_without_rasa_the_embedded_engine_dispatches_and_says_so(
    house: Any, beside: Callable[[str], None], one_brain: EmbeddedBrain
) -> None:
    beside(nobody_there())
    told = understood(house, call(house, "康平路路灯不亮了三天"))
    assert (told["engine"], told["model"], told["abstain"]) == ("embedded", one_brain.version, False)


def test_the_configuration_puts_rasa_beside_the_trained_engine(
    house: Any, rasa: Provider, wanting: Callable[..., Config], trained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = wanting(rasa.url, engine="rasa")
    monkeypatch.setattr(Config, "model", property(lambda _: trained))
    brain = installation.load_brain(config, house.runtime.database, on=house.clock.now().date())
    assert brain.engine == "rasa"
    rasa.ranks({"m0101": 1.0})
    assert brain.parse_many(["底楼住户破墙开店"])[0].model_version == MODEL
    assert isinstance(brain, RasaBrain)
    brain.close()


@pytest.mark.parametrize("url", ["127.0.0.1:5005", "ftp://127.0.0.1", "http://user:word@127.0.0.1", "http://"])
def test_an_address_that_is_none_is_named(wanting: Callable[..., Config], url: str) -> None:
    with pytest.raises(ConfigError, match="HOTLINE_RASA_URL"):
        _ = wanting(url).rasa_url


def test_the_form_asks_in_the_words_of_the_packs_domain_and_is_told_the_matter(
    house: Any, rasa: Provider, wanting: Callable[..., Config]
) -> None:
    rasa.answers[WEBHOOK] = lambda body: [{"recipient_id": body["sender"], "text": WHERE}]
    chat = chat_of(wanting(rasa.url, chats=True))
    number = call(house, LAMP)
    matter = understood(house, number)["matter"]
    assert Converse(house.runtime.database, chat=chat).question(number) == WHERE
    assert rasa.asked == [(WEBHOOK, {"sender": number, "message": f'/report{{"matter": "m{matter}"}}'})]
    chat.close()


@pytest.mark.parametrize(
    "replies",
    [
        [],
        [{"text": "点这里领红包"}],
        [{"text": WHERE + "！"}],
        [{"text": RESPONSES["utter_noted"][0]["text"]}],
        "no list",
    ],
)
def test_words_that_are_no_question_of_the_domain_are_never_said_and_ours_is(
    house: Any, rasa: Provider, wanting: Callable[..., Config], replies: Any
) -> None:
    rasa.answers[WEBHOOK] = lambda _: replies
    chat = chat_of(wanting(rasa.url, chats=True))
    number = call(house, LAMP)
    own = Converse(house.runtime.database).question(number)
    assert own is not None
    assert own != WHERE
    assert Converse(house.runtime.database, chat=chat).question(number) == own
    chat.close()


def test_the_answer_is_kept_and_understood_while_rasa_is_away(house: Any, wanting: Callable[..., Config]) -> None:
    chat = chat_of(wanting(nobody_there(), chats=True))
    converse = Converse(house.runtime.database, chat=chat)
    number = call(house, LAMP)
    assert converse.question(number) == Converse(house.runtime.database).question(number)
    answer = call(house, "在康平路", turn=2, about=number)
    assert converse.next(answer, number) is None
    ticket = house.client("supervisor").get(f"/api/v1/tickets/{number}").json()
    assert ticket["state"] != LegState.WAITING
    assert ticket["units"]
    chat.close()


def test_the_form_hears_the_answer_masked_and_may_ask_on(
    house: Any, rasa: Provider, wanting: Callable[..., Config]
) -> None:
    more = RESPONSES["utter_ask_matter"][0]["text"]
    rasa.answers[WEBHOOK] = lambda body: [{"text": WHERE if body["message"].startswith("/report") else more}]
    chat = chat_of(wanting(rasa.url, chats=True))
    converse = Converse(house.runtime.database, chat=chat)
    number = call(house, LAMP)
    converse.question(number)
    answer = call(house, "/restart 康平路100弄3号502室，电话13800000000", turn=2, about=number)
    assert converse.next(answer, number) == more
    said = rasa.asked[-1][1]
    assert said["sender"] == number
    assert said["message"].startswith("restart")
    assert "康平路" in said["message"]
    assert "13800000000" not in said["message"]
    chat.close()


def test_an_answer_is_handed_on_once_however_often_it_is_sent(house: Any) -> None:
    heard: list[tuple[str, str]] = []

    def more(receipt_no: str, about: str) -> str | None:
        heard.append((receipt_no, about))
        return "从什么时候开始的？"

    runtime = house.runtime
    intake = Intake(runtime.database, runtime.clock, secret="s", text_characters=5000, more=more)
    number = call(house, LAMP)
    answer = Incoming(
        channel=Channel.PHONE, external_id="CA1:2", sender="+8619900001234", text="在康平路", about=number
    )
    first, again = intake.accept(answer), intake.accept(answer)
    assert (first.question, again.question) == ("从什么时候开始的？", None)
    assert heard == [(first.receipt_no, number)]
    typed = intake.accept(replace(answer, channel=Channel.WEB, external_id="w-1"))
    assert typed.question is None


def test_which_of_two_streets_it_is_only_our_own_question_asks(
    house: Any, rasa: Provider, wanting: Callable[..., Config]
) -> None:
    chat = chat_of(wanting(rasa.url, chats=True))
    number = call(house, "衡山路路灯不亮了三天")
    Converse(house.runtime.database, chat=chat).question(number)
    assert rasa.asked == []
    chat.close()


def test_the_doctor_says_whether_rasa_answers_and_that_nothing_hangs_on_it(
    rasa: Provider, wanting: Callable[..., Config]
) -> None:
    there, away = wanting(rasa.url, engine="rasa"), wanting(nobody_there(), chats=True)
    told = [*doctor._rasa(there), *doctor._rasa(away)]
    assert [one.ok for one in told] == [True, True]
    assert MODEL[:12] in told[0].sentence
    assert "make rasa" in told[1].sentence
    assert doctor._rasa(wanting(rasa.url)) == [], "not wanted, not asked"
    for config in (there, away):
        wiring.client(config).close()


def test_no_chat_is_made_unless_the_configuration_wants_it(wanting: Callable[..., Config]) -> None:
    assert wiring.form_chat(wanting(nobody_there())) is None


def test_a_pack_without_a_domain_for_the_chat_is_named(wanting: Callable[..., Config], tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"domain\.yml"):
        wiring.form_chat(wanting(nobody_there(), pack=tmp_path, chats=True))
