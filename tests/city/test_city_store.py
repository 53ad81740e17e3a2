"""The list in the database: installed once, changed without forgetting, read for any day and any version."""

import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import SQLModel

from city import store
from city.codec import calendar_from, plain, policy_from, settings_from
from city.pack import Pack, PackError, load_pack
from city.types import Precedent, TimeUnit, Unit, UnitKind
from plumbing.db import Database
from plumbing.errors import BadInput, Conflict, NotFound, Refused

XUHUI = Path(__file__).resolve().parents[2] / "city" / "packs" / "xuhui"
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
IN_2004 = date(2004, 6, 1)


@pytest.fixture(scope="module")
def xuhui() -> Pack:
    return load_pack(XUHUI)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    tables = [table for name, table in SQLModel.metadata.tables.items() if name.startswith("city_")]
    SQLModel.metadata.create_all(database.engine, tables=tables)
    yield database
    database.dispose()


@pytest.fixture
def installed(database: Database, xuhui: Pack) -> Database:
    with database.transaction() as session:
        store.install(session, xuhui, now=NOW)
    return database


def changed(pack: Pack, row: str, **parts: Any) -> Pack:
    duties = tuple(replace(duty, **parts) if duty.id == row else duty for duty in pack.duties)
    assert duties != pack.duties
    return replace(pack, duties=duties, digest=f"{row}{parts}".encode().hex())


def test_an_empty_database_says_that_no_city_is_there(database: Database) -> None:
    with database.reading() as session:
        for ask in (store.current_version, store.known_places, store.settings, store.stored_pack):
            with pytest.raises(NotFound, match="NO_CITY"):
                ask(session)
        with pytest.raises(NotFound, match="NO_CITY"):
            store.directory(session, on=TODAY)


def test_what_comes_out_is_what_went_in(installed: Database, xuhui: Pack) -> None:
    with installed.reading() as session:
        kept = store.stored_pack(session)
        assert replace(kept, lines=xuhui.lines, digest=xuhui.digest) == xuhui
        assert store.known_places(session) == xuhui.places
        assert store.settings(session) == xuhui.settings
        assert store.policies(session) == {policy.version: policy for policy in xuhui.policies}
        assert store.calendars(session) == {spec.version: spec for spec in xuhui.calendars}


def test_the_list_version_names_the_content(installed: Database, xuhui: Pack) -> None:
    with installed.reading() as session:
        assert store.current_version(session) == f"xuhui-{xuhui.digest[:12]}"
        assert store.directory(session, on=TODAY).list_version == store.current_version(session)
        (version,) = store.list_versions(session)
        assert (version.seq, version.loaded_at, version.by, version.from_pack) == (1, NOW, "system", True)


def test_the_same_pack_again_changes_nothing(installed: Database, xuhui: Pack) -> None:
    with installed.transaction() as session:
        before = store.stored_pack(session)
        again = store.install(session, xuhui, now=NOW + timedelta(days=1))
        assert again == store.current_version(session)
        assert len(store.list_versions(session)) == 1
        assert store.stored_pack(session) == before


def test_two_programs_that_start_at_once_install_one_version(database: Database, xuhui: Pack) -> None:
    found: list[str] = []

    def start() -> None:
        with database.transaction() as session:
            found.append(store.install(session, xuhui, now=NOW))

    starters = [threading.Thread(target=start) for _ in range(4)]
    for starter in starters:
        starter.start()
    for starter in starters:
        starter.join()
    with database.reading() as session:
        assert found == [store.current_version(session)] * 4
        assert len(store.list_versions(session)) == 1


def test_a_directory_holds_what_was_in_force_on_its_day(installed: Database) -> None:
    with installed.reading() as session:
        then, now = store.directory(session, on=IN_2004), store.directory(session, on=TODAY)
    assert {"gongshang", "shiyaojian", "chengguan", "shizheng", "centre_xietu"} <= then.units.keys()
    assert {"scjg", "cgzf", "shizheng", "centre_xietu"} <= now.units.keys()
    assert "scjg" not in then.units
    assert "gongshang" not in now.units
    assert [duty.lead for duty in then.duties["0401"]] == ["shiyaojian"]
    assert [duty.lead for duty in now.duties["0401"]] == ["scjg"]
    assert (then.units["rsj"].name, now.units["rsj"].name) == ("劳动保障局", "人社局")


@pytest.mark.parametrize(("day", "lead"), [(date(2014, 12, 31), "shiyaojian"), (date(2015, 1, 1), "scjg")])
def test_the_first_day_counts_and_the_last_does_not(installed: Database, day: date, lead: str) -> None:
    with installed.reading() as session:
        assert [duty.lead for duty in store.directory(session, on=day).duties["0401"]] == [lead]


def test_the_units_of_a_day_and_the_meetings_of_a_day(installed: Database) -> None:
    with installed.reading() as session:
        assert "scjg" not in {unit.code for unit in store.units(session, IN_2004)}
        then = {field.code: field.members for field in store.meeting_fields(session, IN_2004)}
        now = {field.code: field.members for field in store.meeting_fields(session, TODAY)}
    assert "gongshang" in then["shipin"]
    assert "scjg" not in then["shipin"]
    assert "scjg" in now["shipin"]
    assert "gongshang" not in now["shipin"]


def test_a_changed_pack_makes_a_new_version_and_the_old_one_stays_readable(installed: Database, xuhui: Pack) -> None:
    with installed.transaction() as session:
        old = store.current_version(session)
        new = store.install(session, changed(xuhui, "D0703-2019", lead="cgzf"), now=NOW)
        assert new != old
    with installed.reading() as session:
        assert "cgzf" in [d.lead for d in store.directory(session, on=TODAY).duties["0703"] if not d.when]
        before = store.directory(session, on=TODAY, version=old)
        assert [d.lead for d in before.duties["0703"] if not d.when] == ["sthj"]
        assert before.list_version == old
        assert [version.id for version in store.list_versions(session)] == [new, old]
        with pytest.raises(NotFound, match="NO_LIST_VERSION"):
            store.directory(session, on=TODAY, version="never")


def test_going_back_to_an_earlier_pack_is_a_version_of_its_own(installed: Database, xuhui: Pack) -> None:
    with installed.transaction() as session:
        first = store.current_version(session)
        store.install(session, changed(xuhui, "D0703-2019", lead="cgzf"), now=NOW)
        third = store.install(session, xuhui, now=NOW)
        assert third == f"{first}.3"
        assert store.stored_pack(session).duties[0].id == "D0101-2000"
        assert store.directory(session, on=TODAY).duties == store.directory(session, on=TODAY, version=first).duties


def test_a_pack_with_errors_is_refused_and_nothing_of_it_is_there(installed: Database, xuhui: Pack) -> None:
    with installed.reading() as session:
        before = store.current_version(session)
    with pytest.raises(PackError) as caught, installed.transaction() as session:
        store.install(session, changed(xuhui, "D0401-2015", lead="nobody"), now=NOW)
    assert [fault.reason for fault in caught.value.faults] == ["UNKNOWN_UNIT"]
    with installed.reading() as session:
        assert store.current_version(session) == before
        assert len(store.list_versions(session)) == 1


def test_a_policy_that_is_in_use_is_never_changed_under_its_name(installed: Database, xuhui: Pack) -> None:
    softer = replace(xuhui.policies[1], max_returns=9)
    policies = (xuhui.policies[0], softer, *xuhui.policies[2:])
    with pytest.raises(PackError) as caught, installed.transaction() as session:
        store.install(session, replace(xuhui, policies=policies, digest="f" * 64), now=NOW)
    assert [fault.reason for fault in caught.value.faults] == ["POLICY_CHANGED"]


def test_a_changed_calendar_is_a_new_version_beside_the_old(installed: Database, xuhui: Pack, tmp_path: Path) -> None:
    shutil.copytree(XUHUI, tmp_path / "xuhui")
    file = tmp_path / "xuhui" / "calendar.yml"
    file.write_text(file.read_text(encoding="utf-8") + "    overrides: {2026-12-24: closed}\n", encoding="utf-8")
    with installed.transaction() as session:
        store.install(session, load_pack(tmp_path / "xuhui"), now=NOW)
        _, calendar = store.policy_on(session, TODAY)
        assert calendar.overrides[date(2026, 12, 24)] == ()
        assert set(store.calendars(session)) == {calendar.version, xuhui.calendars[0].version}


def test_each_day_has_the_policy_of_its_period(installed: Database) -> None:
    with installed.reading() as session:
        assert store.policy_on(session, date(2014, 12, 31))[0].version == "xuhui-2004"
        policy, calendar = store.policy_on(session, date(2015, 1, 1))
        assert policy.version == "xuhui-2026"
        assert calendar.version.startswith("xuhui-")
        with pytest.raises(NotFound, match="NO_POLICY"):
            store.policy_on(session, date(1999, 12, 31))


RULING = Precedent(
    id="P1",
    matter="0401",
    area="xietu",
    lead="gongshang",
    supports=("shiyaojian",),
    words=("盒饭",),
    ticket_no="T1",
    reason="无照经营由工商局查处",
    ruled_at=datetime(2004, 6, 9, 17, 0, tzinfo=UTC),
)


def test_a_precedent_counts_from_its_day_in_the_citys_time(installed: Database) -> None:
    with installed.transaction() as session:
        store.add_precedent(session, RULING)
        store.add_precedent(session, RULING)
    with installed.reading() as session:
        assert store.directory(session, on=date(2004, 6, 9)).precedents == ()
        assert store.directory(session, on=date(2004, 6, 10)).precedents == (RULING,)


def test_a_precedent_binds_the_successors_of_its_units(installed: Database) -> None:
    with installed.transaction() as session:
        store.add_precedent(session, RULING)
        (binding,) = store.directory(session, on=TODAY).precedents
    assert (binding.lead, binding.supports, binding.reason) == ("scjg", ("scjg",), RULING.reason)


def test_a_precedent_that_has_ended_is_gone(installed: Database) -> None:
    with installed.transaction() as session:
        store.add_precedent(session, replace(RULING, to_date=date(2005, 1, 1)))
        assert len(store.directory(session, on=date(2004, 12, 31)).precedents) == 1
        assert store.directory(session, on=date(2005, 1, 1)).precedents == ()


def test_another_precedent_under_the_same_id_is_a_conflict(installed: Database) -> None:
    with installed.transaction() as session:
        store.add_precedent(session, RULING)
        with pytest.raises(Conflict, match="PRECEDENT_EXISTS"):
            store.add_precedent(session, replace(RULING, lead="zhijian"))


def test_an_edited_duty_holds_from_its_day_on_and_the_past_stays(installed: Database) -> None:
    start = TODAY + timedelta(days=7)
    with installed.transaction() as session:
        old = store.current_version(session)
        (duty,) = store.directory(session, on=TODAY).duties["0301"]
        new = store.edit_duty(
            session, replace(duty, lead="jiaojing", post=None, from_date=start), now=NOW, by="管理员甲"
        )
    with installed.reading() as session:
        assert [d.lead for d in store.directory(session, on=start - timedelta(days=1)).duties["0301"]] == ["@centre"]
        assert [d.lead for d in store.directory(session, on=start).duties["0301"]] == ["jiaojing"]
        assert [d.lead for d in store.directory(session, on=start, version=old).duties["0301"]] == ["@centre"]
        newest = store.list_versions(session)[0]
        assert (newest.id, newest.by, newest.from_pack) == (new, "管理员甲", False)
        assert duty.id in newest.note


def test_a_renamed_unit_keeps_its_old_name_before(installed: Database) -> None:
    start = TODAY + timedelta(days=1)
    with installed.transaction() as session:
        unit = store.directory(session, on=TODAY).units["jgw"]
        store.edit_unit(session, replace(unit, name="建设交通委", from_date=start), now=NOW, by="管理员甲")
        assert store.directory(session, on=TODAY).units["jgw"].name == "建管委"
        assert store.directory(session, on=start).units["jgw"].name == "建设交通委"
        assert store.directory(session, on=IN_2004).units["jgw"].name == "建委"


def test_a_new_unit_and_a_new_row_can_be_added(installed: Database) -> None:
    unit = Unit(code="shuiwu", name="水务局", kind=UnitKind.DEPARTMENT, from_date=TODAY)
    with installed.transaction() as session:
        store.edit_unit(session, unit, now=NOW, by="管理员甲")
        row = store.directory(session, on=TODAY).duties["0304"][0]
        added = replace(row, id="D0304-xietu", area="xietu", lead="shuiwu", from_date=TODAY)
        store.edit_duty(session, added, now=NOW, by="管理员甲")
        assert store.directory(session, on=TODAY).duties["0304"] == (row, added)


REFUSED = [
    ({"lead": "nobody"}, "没有单位"),
    ({"to_date": date(2027, 1, 1)}, "没有承办单位"),
    ({"when": {"word": ("单车",)}}, "没有承办单位"),
    ({"id": "D0301-new", "lead": "jiaojing"}, "同样具体"),
    ({"lead": "gongshang"}, "不存在"),
]


@pytest.mark.parametrize(("parts", "said"), REFUSED)
def test_an_edit_that_breaks_the_list_is_refused_and_leaves_nothing(
    installed: Database, parts: dict[str, Any], said: str
) -> None:
    with installed.reading() as session:
        before = store.stored_pack(session)
        (duty,) = store.directory(session, on=TODAY).duties["0301"]
    with pytest.raises(Refused, match=said), installed.transaction() as session:
        store.edit_duty(session, replace(duty, **{"from_date": TODAY, **parts}), now=NOW, by="管理员甲")
    with installed.reading() as session:
        assert store.stored_pack(session) == before


def test_the_past_cannot_be_edited(installed: Database) -> None:
    late_evening = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)  # already the 24th in Shanghai
    with installed.transaction() as session:
        (duty,) = store.directory(session, on=TODAY).duties["0301"]
        with pytest.raises(BadInput, match="EDIT_IN_PAST"):
            store.edit_duty(session, replace(duty, from_date=TODAY), now=late_evening, by="管理员甲")
        with pytest.raises(BadInput, match="NO_START"):
            store.edit_duty(session, replace(duty, from_date=None), now=late_evening, by="管理员甲")


def test_a_unit_that_duties_still_need_cannot_be_ended(installed: Database) -> None:
    with installed.transaction() as session:
        unit = store.directory(session, on=TODAY).units["lhsr"]
        ending = replace(unit, from_date=TODAY, to_date=date(2027, 1, 1))
        with pytest.raises(Refused, match="不存在"):
            store.edit_unit(session, ending, now=NOW, by="管理员甲")


def test_a_new_pack_leaves_an_administrators_rows_alone(installed: Database, xuhui: Pack) -> None:
    with installed.transaction() as session:
        (duty,) = store.directory(session, on=TODAY).duties["0301"]
        store.edit_duty(session, replace(duty, lead="jiaojing", from_date=TODAY), now=NOW, by="管理员甲")
        edited = store.current_version(session)
        assert store.install(session, xuhui, now=NOW) == edited
        store.install(session, changed(xuhui, "D0703-2019", lead="cgzf"), now=NOW)
        now = store.directory(session, on=TODAY)
        assert [d.lead for d in now.duties["0301"]] == ["jiaojing"]
        assert [d.lead for d in now.duties["0703"] if not d.when] == ["cgzf"]
        assert duty.id in store.list_versions(session)[0].note


def test_settings_policies_and_calendars_survive_json(xuhui: Pack) -> None:
    assert settings_from(plain(xuhui.settings)) == xuhui.settings
    assert tuple(policy_from(plain(policy)) for policy in xuhui.policies) == xuhui.policies
    assert tuple(calendar_from(plain(spec)) for spec in xuhui.calendars) == xuhui.calendars
    assert xuhui.policies[2].profiles["default"].limits["finish"].unit is TimeUnit.CALENDAR
