"""The brain as the product uses it: everything at once, for any text, and safe to show."""

import json
from pathlib import Path
from time import process_time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from city.types import KnownPlace, Street
from nlu import registry
from nlu.brain import EmbeddedBrain, _also_unpunctuated, hints_of, samples_of, train_pack
from nlu.corpus import read_corpus
from nlu.train import Sample, train
from plumbing.errors import BadInput, HotlineError
from tickets.ports import Brain
from tickets.types import NOWHERE, TicketType, Understanding, Urgency

ROOT = Path(__file__).resolve().parents[2]
STREETS = (Street(code="east", name="东湾路街道"),)
PLACES = (KnownPlace(name="东湾路", kind="road", streets=("east",)),)
SUBJECTS = {
    "m0301": ("路面塌了个坑", "井盖没了", "人行道砖头松动", "马路坑坑洼洼", "窨井盖翘起来"),
    "m0602": ("煤气停了", "燃气灶打不着", "煤气管道要检修吗", "燃气表不走", "煤气账单不对"),
    "m0701": ("工地夜里打桩", "施工吵得睡不着", "工地半夜倒混凝土", "打桩机轰鸣", "夜间施工切割声"),
}
KINDS = (("{0}，投诉", "complaint"), ("请问{0}找谁咨询", "enquiry"), ("[东湾路](place){0}，帮帮忙", "help"))
STRANGE = [
    "",
    " ",
    "😀😀😀",
    "Привет, как дела",
    "hello world",
    "مرحبا",
    "\x00\x01",
    "\ud800",
    "？？？？",
    "12345",
    "。",
]


def corpus(folder: Path) -> Path:
    lines = ['version: "3.1"', "nlu:"]
    for intent, subjects in SUBJECTS.items():
        lines += [f"- intent: {intent}", "  examples:"]
        for subject in subjects:
            for frame, kind in KINDS:
                lines += [f'  - text: "{frame.format(subject)}"', f"    metadata: {{type: {kind}, urgency: routine}}"]
    file = folder / "nlu.yml"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("brain")
    train_pack(corpus(base), base / "model", words=("东湾路",))
    return base / "model"


@pytest.fixture(scope="module")
def brain(folder: Path) -> EmbeddedBrain:
    return EmbeddedBrain.load(folder, places=PLACES, streets=STREETS, precision=90)


def one(brain: EmbeddedBrain, text: str) -> Understanding:
    return brain.parse_many([text])[0]


def test_it_is_the_brain_that_the_ports_ask_for(brain: EmbeddedBrain) -> None:
    asked: Brain = brain
    assert (asked.engine, len(asked.version)) == ("embedded", 16)


def test_a_message_is_understood_in_every_respect(brain: EmbeddedBrain) -> None:
    said = one(brain, "我叫李小四，电话１９９００００１２３４，東灣路12号工地半夜打桩，投诉！！！")
    assert said.matters[0].label == "0701"
    assert said.type.label == TicketType.COMPLAINT
    assert said.urgency.label == Urgency.ROUTINE
    assert (said.place.name, said.place.street, said.place.detail) == ("东湾路", "east", "12号")
    assert said.text == "我叫李**，电话199********，东湾路12号工地半夜打桩，投诉！"
    assert {entity.kind for entity in said.entities} >= {"name", "phone", "place", "time"}
    assert said.engine == "embedded"
    assert said.model_version == brain.version


def test_answers_come_in_the_order_of_the_messages(brain: EmbeddedBrain) -> None:
    texts = ["井盖没了", "打桩机太吵", "煤气停了", "井盖没了"]
    assert [said.matters[0].label for said in brain.parse_many(texts)] == ["0301", "0701", "0602", "0301"]
    assert brain.parse_many([]) == []


def test_the_words_that_spoke_are_told_strongest_first(brain: EmbeddedBrain) -> None:
    said = one(brain, "请问工地打桩归谁管")
    weights = [weight for _, weight in said.features]
    assert weights == sorted(weights, reverse=True)
    assert any(word in ("打桩", "工地") for word, _ in said.features[:2])


def test_names_of_places_do_not_speak_for_a_matter(brain: EmbeddedBrain) -> None:
    here, nowhere = brain.parse_many(["东湾路井盖没了", "井盖没了"])
    assert here.matters == nowhere.matters


def test_danger_raises_the_urgency_whatever_the_model_says(brain: EmbeddedBrain) -> None:
    said = one(brain, "东湾路煤气泄漏")
    assert (said.danger, said.urgency.label) == ("gas", Urgency.CRITICAL)
    assert said.urgency.score > 0.9
    burst = one(brain, "水管爆了")
    assert (burst.danger, burst.urgency.label) == (None, Urgency.URGENT)


@pytest.mark.parametrize("text", STRANGE)
def test_a_text_without_chinese_has_no_matter_and_abstains(brain: EmbeddedBrain, text: str) -> None:
    said = one(brain, text)
    assert said.matters == ()
    assert said.features == ()
    assert said.abstain
    assert said.place == NOWHERE


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(max_size=80), max_size=5))
def test_no_text_makes_it_raise(brain: EmbeddedBrain, texts: list[str]) -> None:
    for said in brain.parse_many(texts):
        assert len(said.matters) <= 5
        assert all(0 <= ranked.score <= 1 for ranked in said.matters)
        assert all(said.text[e.start : e.end] == e.text for e in said.entities)
        json.dumps(said.text.encode("utf-8").decode())


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet="我叫王张三，电话东湾路号楼室有井盖打桩0123456789 ", max_size=60))
def test_a_phone_number_never_gets_through(brain: EmbeddedBrain, text: str) -> None:
    said = one(brain, f"{text}，19900001234，{text}")
    assert "19900001234" not in said.text
    assert all("19900001234" not in entity.text for entity in said.entities)
    assert all("19900001234" not in word for word, _ in said.features)


@pytest.mark.parametrize("unit", ["井盖没了，", "一", "我叫王", "东湾路1号", "煤气", "😀", "1"])
def test_a_hundred_thousand_characters_are_understood_in_time(brain: EmbeddedBrain, unit: str) -> None:
    started = process_time()
    one(brain, unit * (100_000 // len(unit)))
    assert process_time() - started < 2.0


def test_a_model_from_json_lines_is_a_brain_whose_matters_are_its_labels(tmp_path: Path) -> None:
    rows = [
        {"id": f"{n}", "text": f"{text}{end}", "department": name}
        for name, texts in (("市政", SUBJECTS["m0301"]), ("环保", SUBJECTS["m0701"]))
        for n, text in enumerate(texts)
        for end in ("", "，快来", "，谢谢")
    ]
    file = tmp_path / "rows.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    card = train([file], "department", "embedded", tmp_path / "m")
    brain = EmbeddedBrain.load(tmp_path / "m")
    assert brain.cards["matter"].version == card.version
    said = one(brain, "投诉夜间施工打桩")
    assert said.matters[0].label == "环保"
    assert said.type.label == TicketType.COMPLAINT
    assert said.urgency.label == Urgency.ROUTINE


def test_a_new_training_takes_the_place_of_the_old_whole(tmp_path: Path) -> None:
    first = train_pack(corpus(tmp_path), tmp_path / "model")
    second = train_pack(corpus(tmp_path), tmp_path / "model", words=("打桩机",))
    assert first["matter"].version != second["matter"].version
    assert EmbeddedBrain.load(tmp_path / "model").cards == second
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["model", "nlu.yml"]


def test_a_part_of_another_training_is_refused(tmp_path: Path) -> None:
    train_pack(corpus(tmp_path), tmp_path / "a")
    train_pack(corpus(tmp_path), tmp_path / "b", words=("打桩机",))
    for file in (tmp_path / "b" / "matter").iterdir():
        (tmp_path / "a" / "matter" / file.name).write_bytes(file.read_bytes())
    with pytest.raises(HotlineError) as told:
        EmbeddedBrain.load(tmp_path / "a")
    assert told.value.code == "MODEL_CHANGED"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (None, "NO_MODEL"),
        ("{", "MODEL_CHANGED"),
        ("{}", "MODEL_CHANGED"),
        ('{"format": 9, "version": "x", "parts": {}}', "MODEL_FORMAT"),
        (f'{{"format": {registry.FORMAT}, "version": "x", "parts": {{}}}}', "MODEL_CHANGED"),
    ],
)
def test_a_folder_without_a_whole_brain_is_refused(tmp_path: Path, content: str | None, code: str) -> None:
    if content is not None:
        (tmp_path / "brain.json").write_text(content, encoding="utf-8")
    with pytest.raises(HotlineError) as told:
        EmbeddedBrain.load(tmp_path)
    assert told.value.code == code


def test_a_corpus_without_matters_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "nlu.yml"
    file.write_text('version: "3.1"\nnlu:\n- intent: greet\n  examples: |\n    - 你好\n', encoding="utf-8")
    with pytest.raises(BadInput, match="BAD_CORPUS"):
        train_pack(file, tmp_path / "model")
    assert not (tmp_path / "model").exists()


def test_hints_come_from_the_matters_beside_the_corpus(tmp_path: Path) -> None:
    assert hints_of(tmp_path) == {}
    lines = ["code,name,parent,keywords", "03,市政设施,,", "0301,道路破损,03,井盖|坑洼"]
    (tmp_path / "matters.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert hints_of(tmp_path) == {"0301": ["道路破损", "井盖", "坑洼"]}


def test_examples_of_no_matter_teach_the_matter_model_alone_to_be_less_sure(tmp_path: Path) -> None:
    asked = "请帮我转人工客服"
    plain = corpus(tmp_path).read_text(encoding="utf-8")
    lines = ["- intent: out_of_scope", "  examples: |"]
    lines += [
        f"    - {who}{what}" for who in ("请", "麻烦", "帮我", "能不能") for what in ("转人工", "找客服", "挂电话")
    ]
    (tmp_path / "more").mkdir()
    more = tmp_path / "more" / "nlu.yml"
    more.write_text(plain + "\n".join(lines) + "\n", encoding="utf-8")
    train_pack(tmp_path / "nlu.yml", tmp_path / "a")
    cards = train_pack(more, tmp_path / "b")
    assert cards["matter"].settings["outside"] == 12
    assert cards["matter"].n == 45
    assert cards["matter"].classes == ("0301", "0602", "0701")
    assert cards["type"].settings["outside"] == 0
    before, after = (one(EmbeddedBrain.load(tmp_path / name), asked) for name in ("a", "b"))
    assert after.abstain
    assert after.matters[0].score < before.matters[0].score


def test_samples_for_training_have_no_names_of_places(tmp_path: Path) -> None:
    samples = samples_of(read_corpus(corpus(tmp_path)), "matter")
    assert len(samples) == 45
    assert not [sample.text for sample in samples if "东湾路" in sample.text]
    assert {sample.label for sample in samples} == {"0301", "0602", "0701"}


def test_the_pack_of_the_product_is_learnt_well_enough(trained: Path) -> None:
    started = process_time()
    brain = EmbeddedBrain.load(trained, precision=90)
    assert process_time() - started < 3.0
    figures = brain.cards["matter"].figures
    assert figures["accuracy"] > 0.87
    assert figures["top3"] > 0.95
    assert figures["coverage_at_90"] > 0.9
    assert figures["coverage_together_at_95"] > 0.8
    assert figures["ece"] < 0.03
    assert brain.cards["danger"].figures["alarm_recall_10"] > 0.93
    said = one(brain, "菜场里买的猪肉注了水")
    assert (said.matters[0].label, said.abstain) == ("0402", False)


def test_danger_without_any_word_of_danger_is_heard(trained: Path) -> None:
    brain = EmbeddedBrain.load(trained)
    told = [
        one(brain, text)
        for text in ("灶台边上嘶嘶响，闻久了头昏，小囡说想睡觉", "妈，存折在抽屉里，密码是你生日，以后别等我了")
    ]
    assert [said.danger for said in told] == ["gas", "suicide"]
    assert {said.urgency.label for said in told} == {Urgency.CRITICAL}
    calm = [one(brain, text) for text in ("燃气表几年换一次", "电梯年检标志在哪里看", "公园湖边能不能钓鱼")]
    assert [said.danger for said in calm] == [None, None, None]


def test_a_corpus_without_danger_has_no_model_of_it(brain: EmbeddedBrain) -> None:
    assert set(brain.cards) & {"danger", "kind"} == set()


def test_intents_of_danger_teach_danger_and_its_kind_and_no_matter(tmp_path: Path) -> None:
    file = corpus(tmp_path)
    rows = "".join(f"    - 井边{n}个小孩往水里滑\n" for n in range(12))
    more = "".join(f"    - 楼道{n}楼飘出焦糊味看见火光\n" for n in range(12))
    text = file.read_text(encoding="utf-8")
    text += f"- intent: danger_drowning\n  metadata: {{urgency: critical}}\n  examples: |\n{rows}"
    text += f"- intent: danger_fire\n  metadata: {{urgency: critical}}\n  examples: |\n{more}"
    file.write_text(text, encoding="utf-8")
    examples = read_corpus(file)
    assert {sample.label for sample in samples_of(examples, "kind")} == {"drowning", "fire"}
    assert {sample.label for sample in samples_of(examples, "danger")} == {"danger", "none"}
    assert {sample.label for sample in samples_of(examples, "matter")} == {"0301", "0602", "0701"}


def test_words_of_the_lexicon_are_hints_in_handfuls(tmp_path: Path) -> None:
    lines = ["code,name,parent,keywords", "03,市政设施,,", "0301,道路破损,03,井盖"]
    (tmp_path / "matters.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (tmp_path / "lexicon.csv").write_text("matter,words\n0301,坑|塌|裂|陷\n", encoding="utf-8")
    assert hints_of(tmp_path) == {"0301": ["道路破损", "井盖", "坑 塌 裂", "陷"]}


def test_only_words_that_the_model_knows_are_told(brain: EmbeddedBrain) -> None:
    said = one(brain, "赵钱孙半夜打桩，李周吴也听见了")
    assert said.features
    assert not [word for word, _ in said.features if set(word) & set("赵钱孙李周吴")]


def test_the_party_stands_in_the_masked_text(brain: EmbeddedBrain) -> None:
    said = brain.parse_many(["我要投诉房东陈国强，押金扣着不退，电话19900001234"])[0]
    assert said.party is not None
    assert said.party in said.text
    assert "国强" not in said.text


def test_danger_is_learnt_as_it_is_written_and_as_it_is_spoken() -> None:
    written = [Sample(text="着火了，快来！", label="danger"), Sample(text="路灯不亮", label="none")]
    both = _also_unpunctuated(written)
    assert [(one.text, one.label) for one in both] == [
        ("着火了，快来！", "danger"),
        ("路灯不亮", "none"),
        ("着火了快来", "danger"),
    ]
    assert both[0].group == both[2].group, "one never judges the other"
