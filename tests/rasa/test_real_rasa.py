"""The real Rasa 3.6: it reads the corpus as we do, trains on the pack as shipped, and keeps the contract of our client."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import httpx
import pytest
import yaml

from hotline.rasa import FormChat
from nlu import features
from nlu.brain import EmbeddedBrain
from nlu.corpus import Example, read_corpus
from nlu.rasa_brain import RasaBrain
from nlu.rasa_client import RasaClient
from tools import rasa_environment, rasa_project
from tools.rasa_service import Served

PACK = Path(__file__).resolve().parents[2] / "city" / "packs" / "xuhui"
RESPONSES = yaml.safe_load((PACK / "rasa" / "domain.yml").read_text(encoding="utf-8"))["responses"]
READ = """
import json, sys
from rasa.shared.nlu.training_data.loading import load_data
examples = load_data(sys.argv[1]).training_examples
entities = lambda one: [[e["entity"], e["start"], e["end"]] for e in one.get("entities", [])]
print("READ", json.dumps([[one.get("text"), one.get("intent"), entities(one)] for one in examples]))
"""
FORMS = """
version: "3.1"
nlu:
- intent: m0101
  metadata: {type: complaint, urgency: routine}
  examples: |
    - [东湾路](place)破墙开店
    - 在[东湾路](place)，[昨天](time)起
    - [燃气](thing:煤气)漏
    - [甲](a)[{"entity": "b"}]
    - 姓[甲][{"entity": "a"}, {"entity": "b"}]的
    - 第[1][2]条
    - 方括号[不是标注]的
    - 英文 mixed 文字 123 [漕溪路](place)  两个空格
- intent: m0602
  examples:
  - text: |
      有煤气味
    metadata: {type: help, urgency: critical}
  - text: |
      [那里]{"entity": "place", "role": "from"}停气了
- synonym: 煤气
  examples: |
    - 燃气
"""


def as_rasa_reads(python: Path, file: Path) -> list[object]:
    """Text, intent and entities (kind, start, end) of each example, in Rasa's own words."""
    done = subprocess.run(
        [python, "-c", READ, file],
        env=dict(rasa_environment.environment()),
        capture_output=True,
        text=True,
        check=False,
    )
    told = [line for line in done.stdout.splitlines() if line.startswith("READ ")]
    assert told, done.stderr[-2000:]
    return list(json.loads(told[0].removeprefix("READ ")))


def as_we_read(examples: Sequence[Example]) -> list[object]:
    """The same of ours; Rasa keeps of equal examples the first."""
    own = [[one.text, one.intent, [[e.kind, e.start, e.end] for e in one.entities]] for one in examples]
    return [json.loads(told) for told in dict.fromkeys(json.dumps(one) for one in own)]


def test_both_readers_read_every_text_intent_and_entity_of_the_packs_corpus_alike(
    rasa_python: Path, examples: Sequence[Example]
) -> None:
    theirs = as_rasa_reads(rasa_python, PACK / "nlu.yml")
    ours = as_we_read(examples)
    assert len(ours) > 10_000
    assert [pair for pair in zip(theirs, ours, strict=True) if pair[0] != pair[1]] == []


def test_both_readers_read_every_form_of_example_alike(rasa_python: Path, tmp_path: Path) -> None:
    file = tmp_path / "nlu.yml"
    file.write_text(FORMS, encoding="utf-8")
    assert as_rasa_reads(rasa_python, file) == as_we_read(read_corpus(file))


def test_a_trained_model_is_served_on_loopback_and_knows_what_it_learnt(
    client: RasaClient, learnt: Sequence[Example]
) -> None:
    some = [one for one in learnt if one.matter][::10]
    batch = client.parse_many([one.text for one in some])
    assert batch is not None
    assert None not in batch.parsed
    right = [one.intent == found.ranked[0].label for one, found in zip(some, batch.parsed, strict=True) if found]
    assert sum(right) > len(right) / 2, "of what it was trained on"
    known = {one.intent for one in learnt} | {"nlu_fallback"}
    assert {item.label for found in batch.parsed if found for item in found.ranked} <= known


@pytest.mark.parametrize("text", ["/restart", "/m0101", '/report{"matter": "m0101"}', "/session_start"])
def test_a_residents_slash_is_no_command(client: RasaClient, text: str) -> None:
    batch = client.parse_many([f"{text}路灯不亮"])
    assert batch is not None
    assert batch.parsed[0] is not None
    assert len(batch.parsed[0].ranked) > 1, "a command would be certain"


def test_rasa_decides_beside_the_embedded_engine_and_its_model_is_named(
    served: Served, client: RasaClient, trained: Path, learnt: Sequence[Example]
) -> None:
    own = EmbeddedBrain.load(trained)
    brain = RasaBrain(own, client, matters=own.cards["matter"].classes)
    texts = [one.text for one in learnt if one.matter][:20]
    model = httpx.get(f"{served.url}/status", trust_env=False).json()["model_id"]
    assert {(one.engine, one.model_version) for one in brain.parse_many(texts)} == {("rasa", model)}


def test_the_form_asks_for_the_place_takes_the_answer_and_is_done(served: Served, client: RasaClient) -> None:
    chat = _chat(client)
    assert chat.begin("20260302000017", "0101") == RESPONSES["utter_ask_place"][0]["text"]
    assert chat.answer("20260302000017", "/restart 康平路100号，电话13800000000") is None
    tracker = httpx.get(f"{served.url}/conversations/20260302000017/tracker", trust_env=False, timeout=20).json()
    assert tracker["slots"]["matter"] == "m0101"
    assert "康平路" in tracker["slots"]["place"]
    assert tracker["active_loop"] == {}
    assert tracker["events"][-2]["text"] == RESPONSES["utter_noted"][0]["text"]
    assert "13800000000" not in json.dumps(tracker)


def test_conversations_do_not_mix(client: RasaClient) -> None:
    chat = _chat(client)
    asked = [chat.begin(f"2026030200002{number}", "0101") for number in range(3)]
    assert asked == [RESPONSES["utter_ask_place"][0]["text"]] * 3
    assert chat.answer("20260302000021", "康平路") is None
    assert chat.begin("20260302000022", "0101") == asked[0], "still waiting for its own, and a retry is no answer"


def test_an_answer_to_a_conversation_that_rasa_has_forgotten_asks_nothing(client: RasaClient) -> None:
    assert _chat(client).answer("20260302000099", "康平路100号") is None


def test_how_often_both_engines_name_the_same_matter_is_told(
    client: RasaClient,
    examples: Sequence[Example],
    learnt: Sequence[Example],
    trained: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Only told: a model of a few rounds on a twentieth of the corpus proves nothing about Rasa."""
    seen = {one.text for one in learnt}
    fresh = [one for one in examples if one.matter and one.text not in seen]
    some = [one.text for one in rasa_project.part(fresh, per_intent=2)]
    batch = client.parse_many([features.read(text).text for text in some])
    assert batch is not None
    pairs = [
        (f"m{ours.matters[0].label}", next(item.label for item in theirs.ranked if item.label != "nlu_fallback"))
        for ours, theirs in zip(EmbeddedBrain.load(trained).parse_many(some), batch.parsed, strict=True)
        if theirs is not None and ours.matters
    ]
    assert len(pairs) > len(some) * 0.9
    with capsys.disabled():
        sys.stdout.write(
            json.dumps({"agreement_short_form": sum(a == b for a, b in pairs) / len(pairs), "n": len(pairs)})
        )


def test_at_last_when_the_service_stops_the_embedded_engine_goes_on(
    served: Served, client: RasaClient, trained: Path
) -> None:
    """The last one of this file: another start of Rasa would cost half a minute."""
    own = EmbeddedBrain.load(trained)
    brain = RasaBrain(own, client, matters=own.cards["matter"].classes)
    assert brain.parse_many(["底楼住户破墙开店"])[0].engine == "rasa"
    served.stop()
    assert brain.parse_many(["底楼住户破墙开店"]) == own.parse_many(["底楼住户破墙开店"])


def _chat(client: RasaClient) -> FormChat:
    return FormChat(client, {name: frozenset(one["text"] for one in texts) for name, texts in RESPONSES.items()})
