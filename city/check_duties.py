"""Whether the responsibility list is complete and clear on every day that it claims. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from itertools import combinations

from city.check_references import CENTRE, EVERYWHERE, fault_at
from city.faults import PackFault, Severity
from city.pack_values import Pack
from city.spans import Span, in_force, overlap, said, span, uncovered
from city.types import Duty, Unit

Place = tuple[int, Duty]


def empty_spans(pack: Pack) -> Iterator[PackFault]:
    """Rows that end before they begin."""
    dated: tuple[tuple[str, tuple[Unit | Duty, ...]], ...] = (("units.csv", pack.units), ("duties.csv", pack.duties))
    for file, values in dated:
        for place, value in enumerate(values):
            if span(value)[0] >= span(value)[1]:
                sentence = f"截止日 {value.to_date} 不在起始日 {value.from_date} 之后，请更正。"
                yield fault_at(pack, (file, place), column="to_date", reason="EMPTY_SPAN", sentence=sentence)


def unready_units(pack: Pack) -> Iterator[PackFault]:
    """Rows that name a unit which does not exist on some of the row's days."""
    existing = defaultdict(list)
    for unit in pack.units:
        existing[unit.code].append(unit)
    for place, duty in enumerate(pack.duties):
        for column, code in _units_named(duty, pack):
            holes = uncovered(span(duty), existing.get(code, ()))
            if holes and existing.get(code):
                sentence = f"单位“{code}”{said(holes[0])}不存在，请改本行日期或单位。"
                yield fault_at(
                    pack, ("duties.csv", place), column=column, reason="UNIT_NOT_IN_FORCE", sentence=sentence
                )


def gaps(pack: Pack) -> Iterator[PackFault]:
    """Matters for which, on some day and in some street, no row without conditions names a unit.

    A row of a parent matter covers its children. Only matters that nothing is below are asked for. A row led by
    "@centre" covers the streets that have a centre.
    """
    parents = {matter.parent for matter in pack.matters}
    by_matter = _by_matter(pack)
    above = {matter.code: matter.parent for matter in pack.matters}
    wanted = (pack.settings.covers_from, date.max)
    for place, matter in enumerate(pack.matters):
        if matter.code in parents:
            continue
        rows = [duty for code in _lineage(matter.code, above) for _, duty in by_matter.get(code, ())]
        holes: dict[Span, list[str]] = defaultdict(list)
        for street, centre in _areas(pack):
            fitting = [duty for duty in rows if _covers(duty, street, centre)]
            for hole in uncovered(wanted, fitting):
                holes[hole].append(street)
        for hole, streets in holes.items():
            where = "" if EVERYWHERE in streets else f"在 {'、'.join(streets)} "
            sentence = f"事项“{matter.code} {matter.name}”{where}{said(hole)}没有承办单位，请在 duties.csv 补一行。"
            yield fault_at(pack, ("matters.csv", place), column="code", reason="GAP", sentence=sentence)


def ties(pack: Pack) -> Iterator[PackFault]:
    """Pairs of rows that are equally specific, in force on the same day, and name different leads.

    With the same conditions it is an error: nobody is responsible. With conditions that can meet in one text it is
    a warning: such a text goes to the joint meeting.
    """
    for rows in _by_matter(pack).values():
        for (_, one), (place, other) in combinations(rows, 2):
            if one.lead == other.lead or not overlap(one, other) or not _equally_specific(one, other):
                continue
            if not _can_meet(one.when, other.when):
                continue
            same = {name: set(words) for name, words in one.when.items()} == {
                name: set(words) for name, words in other.when.items()
            }
            sentence = f"与“{one.id}”同样具体而主办不同（{one.lead}、{other.lead}），" + (
                "请改主办、日期或条件。" if same else "来话同时符合两者时将提交联席会议。"
            )
            fault = fault_at(
                pack, ("duties.csv", place), column="lead", reason="TIE" if same else "MAY_TIE", sentence=sentence
            )
            yield fault if same else replace(fault, severity=Severity.WARNING)


def expired(pack: Pack, on: date) -> Iterator[PackFault]:
    """Rows that ended by `on` and that no row for the same matter and area has replaced."""
    now = {(duty.matter, duty.area) for duty in in_force(pack.duties, on)}
    for place, duty in enumerate(pack.duties):
        if duty.to_date and duty.to_date <= on and (duty.matter, duty.area) not in now:
            sentence = f"本行已于 {duty.to_date} 失效，且没有接替的行，请补上或确认不再需要。"
            fault = fault_at(pack, ("duties.csv", place), column="to_date", reason="EXPIRED", sentence=sentence)
            yield replace(fault, severity=Severity.WARNING)


def _by_matter(pack: Pack) -> Mapping[str, list[Place]]:
    found: dict[str, list[Place]] = defaultdict(list)
    for place, duty in enumerate(pack.duties):
        found[duty.matter].append((place, duty))
    return found


def _lineage(code: str, above: Mapping[str, str | None]) -> Iterator[str]:
    seen: set[str] = set()
    current: str | None = code
    while current is not None and current not in seen:
        yield current
        seen.add(current)
        current = above.get(current)


def _areas(pack: Pack) -> list[tuple[str, str | None]]:
    """Each street with its centre; a pack without streets has one area that is everywhere."""
    return [(street.code, street.centre) for street in pack.streets] or [(EVERYWHERE, None)]


def _covers(duty: Duty, street: str, centre: str | None) -> bool:
    led = duty.lead != CENTRE or centre is not None
    return duty.area in (EVERYWHERE, street) and not duty.when and led


def _equally_specific(one: Duty, other: Duty) -> bool:
    """As routing ranks them: a street before "*", then the number of conditions."""
    return one.area == other.area and len(one.when) == len(other.when)


def _can_meet(one: Mapping[str, tuple[str, ...]], other: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether one message can meet both: a text may hold any words, but has one type and one urgency."""
    exclusive = {"type", "urgency"} & one.keys() & other.keys()
    return all(set(one[name]) & set(other[name]) for name in exclusive)


def _units_named(duty: Duty, pack: Pack) -> Iterator[tuple[str, str]]:
    """The unit codes of a row by column; "@centre" stands for the centres of the streets that it covers."""
    centres = [s.centre for s in pack.streets if s.centre and duty.area in (EVERYWHERE, s.code)]
    named = [("lead", duty.lead), *(("supports", code) for code in duty.supports), ("fallback", duty.fallback)]
    for column, code in named:
        for unit in centres if code == CENTRE else [code]:
            if unit is not None:
                yield column, unit
