"""What `hotline city check` says about the corpus of a pack."""

import shutil
from dataclasses import replace
from pathlib import Path

from city.pack import load_pack
from hotline.corpus_check import corpus_faults

XUHUI = Path(__file__).resolve().parents[2] / "city" / "packs" / "xuhui"


def test_the_pack_that_ships_has_enough_messages_of_every_matter() -> None:
    assert list(corpus_faults(XUHUI, load_pack(XUHUI))) == []


def test_an_intent_without_its_matter_and_a_matter_without_messages_are_found_by_line(tmp_path: Path) -> None:
    shutil.copytree(XUHUI, tmp_path / "x")
    file = tmp_path / "x" / "nlu.yml"
    file.write_text(
        'version: "3.1"\nnlu:\n- intent: m0101\n  examples: |\n    - 违建\n- intent: m9999\n  examples: |\n    - 别处\n',
        encoding="utf-8",
    )
    pack = load_pack(tmp_path / "x")
    pack = replace(pack, matters=tuple(matter for matter in pack.matters if matter.code in ("01", "0101")))
    found = list(corpus_faults(tmp_path / "x", pack))
    assert (found[0].file, found[0].line, found[0].reason) == ("nlu.yml", 6, "UNKNOWN_MATTER")
    assert found[1].reason == "FEW_MESSAGES"


def test_a_corpus_that_cannot_be_read_is_one_fault_and_none_is_no_fault(tmp_path: Path) -> None:
    pack = load_pack(XUHUI)
    (tmp_path / "nlu.yml").write_text("nlu: [", encoding="utf-8")
    assert [fault.reason for fault in corpus_faults(tmp_path, pack)] == ["BAD_CORPUS"]
    (tmp_path / "nlu.yml").unlink()
    assert list(corpus_faults(tmp_path, pack)) == []
