"""An empty pack for a new city, the documents of packs, and the table of equivalents."""

import re
from datetime import date
from pathlib import Path

import pytest

from city.equivalents import into_ours, translated
from city.import_kinds import HISTORY, KINDS, ImportKind
from city.kit_types import Equivalent
from city.new_pack import new_pack
from city.pack import SHEETS, check_pack, load_pack
from city.sheet import NOTE
from plumbing.errors import BadInput, NotFound

ROOT = Path(__file__).resolve().parents[2]
DOC = (ROOT / "docs" / "city-pack.md").read_text(encoding="utf-8")
TODAY = date(2026, 11, 26)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cities") / "new"
    new_pack(folder, "new", title="示例市：东城区 #1", on=TODAY)
    return folder


def test_a_new_pack_has_nothing_that_the_check_could_find(made: Path) -> None:
    pack = load_pack(made)
    assert check_pack(pack, on=TODAY) == ()
    assert pack.settings.name == "示例市：东城区 #1"
    assert pack.settings.covers_from == date(2026, 1, 1)
    assert {"default", "critical", "utilities", "enquiry"} <= set(pack.policies[0].profiles)


def test_a_new_pack_claims_no_source_that_nobody_has_looked_up(made: Path) -> None:
    profiles = load_pack(made).policies[0].profiles.values()
    limits = [limit for profile in profiles for limit in profile.limits.values()]
    steps = [step.offset for profile in profiles for ladder in profile.ladder.values() for step in ladder]
    assert {one.source for one in (*limits, *steps)} == {"待核"}


def test_a_new_pack_holds_every_file_with_every_column_and_says_in_chinese_what_for(made: Path) -> None:
    names = {file.name for file in made.iterdir()}
    yaml = {"city.yml", "clocks.yml", "calendar.yml", "meetings.yml", "processes.yml", "nlu.yml"}
    assert names == {sheet.name for sheet in SHEETS.values()} | yaml | {"README.md"}
    readme = (made / "README.md").read_text(encoding="utf-8")
    assert [name for name in names if name != "README.md" and f"`{name}`" not in readme] == []
    for name in yaml:
        assert re.search("^ *# .*[\u4e00-\u9fff]", (made / name).read_text(encoding="utf-8"), re.MULTILINE), name
    for sheet in SHEETS.values():
        raw = (made / sheet.name).read_bytes()
        assert raw.startswith(b"\xef\xbb\xbf")  # Excel reads it as UTF-8
        assert raw.decode("utf-8-sig").splitlines()[0].split(",") == [*sheet.columns, NOTE]
    assert not any("__" in file.read_text(encoding="utf-8") for file in made.iterdir())


@pytest.mark.parametrize(
    "name", ["", ".", "..", "a/b", "北京", "a b", "-x", "a" * 41, "сity", "a\n", "../up", "a:b", "null"]
)
def test_a_name_that_cannot_be_a_code_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInput, match="BAD_NAME"):
        new_pack(tmp_path / "x", name, title="城", on=TODAY)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["yes", "310104", "1e5", "a-b_c"])
def test_a_code_that_yaml_would_take_for_something_else_stays_a_code(tmp_path: Path, name: str) -> None:
    new_pack(tmp_path / "x", name, title="城", on=TODAY)
    pack = load_pack(tmp_path / "x")
    assert pack.settings.code == name
    assert check_pack(pack, on=TODAY) == ()


@pytest.mark.parametrize("title", ["", "  ", "a\nb", "长" * 41])
def test_a_strange_title_is_refused(tmp_path: Path, title: str) -> None:
    with pytest.raises(BadInput, match="BAD_TITLE"):
        new_pack(tmp_path / "x", "x", title=title, on=TODAY)


def test_a_folder_with_something_in_it_is_never_touched(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("my own", encoding="utf-8")
    for place in (tmp_path, tmp_path / "mine.txt"):
        with pytest.raises(BadInput, match="FOLDER_NOT_EMPTY"):
            new_pack(place, "x", title="城", on=TODAY)
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    new_pack(tmp_path / "x", "x", title="城", on=TODAY)
    assert [file.name for file in tmp_path.iterdir()] == ["x"]
    assert (tmp_path / "x" / "city.yml").exists()


# ---- docs/city-pack.md ----------------------------------------------------------------------------------------------


def table_below(heading: str) -> list[list[str]]:
    """The cells of the first table below a heading of the document."""
    text = DOC.split(f"\n### {heading}\n", 1)[1].split("\n#", 1)[0]
    rows = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows[2:]]


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_the_document_explains_every_column_in_order(kind: ImportKind) -> None:
    found = table_below(f"`{kind.sheet.name}`")
    columns = [column for column in kind.columns if column.name != NOTE]
    assert [row[0] for row in found] == [f"`{column.name}`" for column in columns]
    assert [row[1] == "是" for row in found] == [column.name in kind.needed for column in columns]
    assert [row[2].split("、") for row in found] == [list(column.labels) for column in columns]
    assert all(row[3] for row in found)


def test_the_document_explains_the_columns_of_past_messages() -> None:
    found = table_below("历史工单")
    columns = [column for column in HISTORY.columns if column.name != NOTE]
    assert [(row[0], row[2]) for row in found] == [(f"`{one.name}`", "、".join(one.labels)) for one in columns]


def test_what_can_be_imported_is_what_a_pack_holds() -> None:
    assert {kind.sheet for kind in KINDS.values()} == set(SHEETS.values())
    for kind in KINDS.values():
        assert kind.sheet is not None
        assert [column.name for column in kind.columns] == [*kind.sheet.columns, NOTE]
        labels = [label for column in kind.columns for label in column.labels]
        assert len(labels) == len(set(labels))
        assert f"{kind.name} {kind.label}" in DOC


def test_the_document_names_the_limits_that_the_code_has() -> None:
    assert {f"{kind.most:,}" for kind in (*KINDS.values(), HISTORY)} == {"200,000", "20,000"}
    for figure in ("200,000", "20,000", "5,000", "64 MB", "128 MB", "60 列"):
        assert figure in DOC


# ---- mappings.csv ---------------------------------------------------------------------------------------------------

PAIRS = (
    Equivalent(scheme="beijing", ours="0101", theirs="BJ11", theirs_name="占道经营"),
    Equivalent(scheme="beijing", ours="0101", theirs="BJ12", theirs_name="游商", way="from"),
    Equivalent(scheme="beijing", ours="0102", theirs="BJ13", theirs_name="环境", way="to"),
)


def test_a_matter_is_translated_in_the_direction_that_holds() -> None:
    assert translated(PAIRS, "0101", scheme="beijing").theirs == "BJ11"
    assert translated(PAIRS, "BJ12", scheme="beijing", back=True).ours == "0101"
    assert translated(PAIRS, "0102", scheme="beijing").theirs == "BJ13"
    assert into_ours(PAIRS, "beijing") == {"BJ11": "0101", "占道经营": "0101", "BJ12": "0101", "游商": "0101"}


@pytest.mark.parametrize(
    ("code", "scheme", "back"), [("BJ13", "beijing", True), ("0103", "beijing", False), ("0101", "tianjin", False)]
)
def test_what_has_no_equivalent_is_said(code: str, scheme: str, back: bool) -> None:
    with pytest.raises(NotFound) as told:
        translated(PAIRS, code, scheme=scheme, back=back)
    assert ("beijing" if scheme == "tianjin" else code) in told.value.sentence
