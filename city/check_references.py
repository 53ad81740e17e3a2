"""Codes that are unknown, doubled, or lead back to themselves. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from city.faults import PackFault
from city.pack_values import Pack
from city.process_file import LEAD
from city.spans import overlap
from city.types import Duty, Group, Post, Unit

CENTRE = "@centre"
EVERYWHERE = "*"


def fault_at(pack: Pack, spot: tuple[str, int], *, column: str, reason: str, sentence: str) -> PackFault:
    """A fault of a value: `spot` is its file (of a YAML file with several lists "file:list") and its place in it."""
    file, place = spot
    lines = pack.lines.get(file, ())
    line = lines[place] if place < len(lines) else 0
    return PackFault(file=file.partition(":")[0], line=line, column=column, reason=reason, sentence=sentence)


def duplicates(pack: Pack) -> Iterator[PackFault]:
    """Codes that two values share: dated ones while their dates overlap, all others ever."""
    for file, column, values in (
        ("posts.csv", "code", pack.posts),
        ("streets.csv", "code", pack.streets),
        ("matters.csv", "code", pack.matters),
        ("places.csv", "name", pack.places),
        ("tags.csv", "code", pack.tags),
        ("groups.csv", "code", pack.groups),
        ("knowledge.csv", "code", pack.articles),
        ("processes.yml:processes", "code", pack.processes),
        ("sources.csv", "name", pack.sources),
    ):
        for place, code in _seen_before([getattr(value, column) for value in values]):
            yield fault_at(
                pack,
                (file, place),
                column=column,
                reason="DUPLICATE_CODE",
                sentence=f"“{code}”前面已经有了，请删去一个或改名。",
            )
    for place, unit in _overlapping([unit.code for unit in pack.units], pack.units):
        sentence = f"单位“{unit}”在同一天有两行，请改日期，使后一行从前一行截止日开始。"
        yield fault_at(pack, ("units.csv", place), column="code", reason="OVERLAPPING_DATES", sentence=sentence)
    for place, duty in _overlapping([duty.id for duty in pack.duties], pack.duties):
        sentence = f"职责行“{duty}”在同一天有两行，请改日期或编号。"
        yield fault_at(pack, ("duties.csv", place), column="id", reason="OVERLAPPING_DATES", sentence=sentence)
    for place, version in _seen_before([policy.version for policy in pack.policies]):
        sentence = f"时限政策“{version}”出现了不止一次（第 {place + 1} 个），请改版本名。"
        spot = ("clocks.yml:policies", place)
        yield fault_at(pack, spot, column="version", reason="DUPLICATE_CODE", sentence=sentence)


def strangers(pack: Pack) -> Iterator[PackFault]:
    """Codes that are named but not known."""
    known = _known(pack)
    for file, kind, place, column, code in _named(pack):
        if code not in known[kind]:
            sentence = f"没有{_CHINESE[kind]}“{code}”，请更正或补上。"
            yield fault_at(pack, (file, place), column=column, reason=f"UNKNOWN_{kind}", sentence=sentence)
    for place, post in enumerate(pack.posts):
        yield from _matters_of(pack, ("posts.csv", place), post)
    for place, group in enumerate(pack.groups):
        yield from _matters_of(pack, ("groups.csv", place), group)
    yield from _step_units(pack)
    matters = {matter.code for matter in pack.matters}
    for place, (kind, code) in enumerate(pack.settings.dangers.items()):
        if code not in matters:
            sentence = f"险情“{kind}”归到的事项“{code}”不存在，请更正。"
            spot = ("city.yml:dangers", place)
            yield fault_at(pack, spot, column="dangers", reason="UNKNOWN_MATTER", sentence=sentence)
    for place, duty in enumerate(pack.duties):
        yield from _duty_post(pack, place, duty)
    yield from _profiles(pack)


def cycles(pack: Pack) -> Iterator[PackFault]:
    """Chains of parents or successors that come back to where they began."""
    matters = {matter.code: {matter.parent} for matter in pack.matters}
    for place, matter in enumerate(pack.matters):
        if matter.parent and _returns(matter.code, matters):
            sentence = f"事项“{matter.code}”的上级绕回了自己，请更正上级。"
            yield fault_at(pack, ("matters.csv", place), column="parent", reason="CYCLE", sentence=sentence)
    for column, said in (("parent", "上级"), ("successor", "承继单位")):
        above = _links(pack.units, column)
        for place, unit in enumerate(pack.units):
            if getattr(unit, column) and _returns(unit.code, above):
                sentence = f"单位“{unit.code}”的{said}绕回了自己，请更正。"
                yield fault_at(pack, ("units.csv", place), column=column, reason="CYCLE", sentence=sentence)


_CHINESE = {
    "UNIT": "单位",
    "STREET": "街道",
    "MATTER": "事项",
    "POST": "岗位",
    "FIELD": "联席会议",
    "POLICY": "时限政策",
    "TAG": "标签",
    "PROCESS": "流程模板",
}


def _known(pack: Pack) -> Mapping[str, Collection[str]]:
    return {
        "UNIT": {unit.code for unit in pack.units},
        "STREET": {street.code for street in pack.streets},
        "MATTER": {matter.code for matter in pack.matters},
        "POST": {post.code for post in pack.posts},
        "FIELD": {field.code for field in pack.settings.meetings},
        "POLICY": {policy.version for policy in pack.policies},
        "TAG": {tag.code for tag in pack.tags},
        "PROCESS": {process.code for process in pack.processes},
    }


def _named(pack: Pack) -> Iterator[tuple[str, str, int, str, str]]:
    """Every code that a value names: file, kind of code, place of the value, column, code."""
    wanted: Iterable[tuple[str, str, Iterable[Any], tuple[str, ...]]] = (
        ("units.csv", "STREET", pack.units, ("street",)),
        ("units.csv", "UNIT", pack.units, ("parent", "successor")),
        ("posts.csv", "UNIT", pack.posts, ("unit",)),
        ("streets.csv", "UNIT", pack.streets, ("centre",)),
        ("matters.csv", "MATTER", pack.matters, ("parent",)),
        ("matters.csv", "FIELD", pack.matters, ("meeting_field",)),
        ("matters.csv", "TAG", pack.matters, ("tags",)),
        ("duties.csv", "MATTER", pack.duties, ("matter",)),
        ("duties.csv", "PROCESS", pack.duties, ("process",)),
        ("duties.csv", "STREET", pack.duties, ("area",)),
        ("duties.csv", "UNIT", pack.duties, ("lead", "supports", "fallback")),
        ("places.csv", "STREET", pack.places, ("streets",)),
        ("groups.csv", "UNIT", pack.groups, ("unit",)),
        ("rosters.csv", "UNIT", pack.rosters, ("unit",)),
        ("rosters.csv", "POST", pack.rosters, ("post",)),
        ("knowledge.csv", "UNIT", pack.articles, ("owner",)),
        ("knowledge.csv", "MATTER", pack.articles, ("matters",)),
        ("mappings.csv", "MATTER", pack.equivalents, ("ours",)),
        ("lexicon.csv", "MATTER", pack.lexicon, ("matter",)),
        ("meetings.yml:fields", "UNIT", pack.settings.meetings, ("chair", "members")),
        ("city.yml:contacts", "UNIT", pack.settings.contacts, ("unit",)),
        ("city.yml:contacts", "POST", pack.settings.contacts, ("post",)),
        ("city.yml:in_force", "POLICY", pack.settings.periods, ("policy",)),
    )
    for file, kind, values, columns in wanted:
        for place, value in enumerate(values):
            for column in columns:
                named = getattr(value, column)
                for code in named if isinstance(named, tuple) else (named,):
                    if code is not None and code not in (CENTRE, EVERYWHERE):
                        yield file, kind, place, column, code


def _matters_of(pack: Pack, spot: tuple[str, int], holder: Post | Group) -> Iterator[PackFault]:
    for pattern in holder.matters:
        if not any(fits(pattern, matter.code) for matter in pack.matters):
            sentence = f"没有事项“{pattern}”，请更正；前缀写法如 02*。"
            yield fault_at(pack, spot, column="matters", reason="UNKNOWN_MATTER", sentence=sentence)


def fits(pattern: str, code: str) -> bool:
    """Whether a matter is meant by a code or by a prefix that ends in "*"."""
    prefix = pattern.removesuffix("*")
    return code == pattern or (prefix != pattern and code.startswith(prefix))


def _step_units(pack: Pack) -> Iterator[PackFault]:
    known = {CENTRE, LEAD} | {unit.code for unit in pack.units}
    for place, process in enumerate(pack.processes):
        for step in process.steps:
            if step.unit not in known:
                sentence = f"流程“{process.name}”的步骤“{step.name}”由“{step.unit}”办理，没有这个单位。"
                yield fault_at(
                    pack, ("processes.yml:processes", place), column="unit", reason="UNKNOWN_UNIT", sentence=sentence
                )


def _duty_post(pack: Pack, place: int, duty: Duty) -> Iterator[PackFault]:
    """A post is a code of the lead's own, with "@centre" standing for the centre, in each street that the row covers."""
    if duty.post is None:
        return
    streets = [street for street in pack.streets if duty.area in (EVERYWHERE, street.code)]
    leads = {street.centre for street in streets} if duty.lead == CENTRE else {duty.lead}
    own = {(post.unit, post.code) for post in pack.posts}
    for lead in sorted(lead for lead in leads if lead):
        code = duty.post.replace(CENTRE, lead)
        if (lead, code) not in own:
            sentence = f"单位“{lead}”没有岗位“{code}”，请在 posts.csv 补上或更正。"
            yield fault_at(pack, ("duties.csv", place), column="post", reason="UNKNOWN_POST", sentence=sentence)


def _profiles(pack: Pack) -> Iterator[PackFault]:
    """A profile must be in every policy that a period names: a row may be in force under any of them."""
    used = {period.policy for period in pack.settings.periods}
    policies = [policy for policy in pack.policies if policy.version in used]
    named = [("matters.csv", place, matter.profile) for place, matter in enumerate(pack.matters)]
    named += [("duties.csv", place, duty.profile) for place, duty in enumerate(pack.duties) if duty.profile]
    for file, place, profile in named:
        missing = [policy.version for policy in policies if profile not in policy.profiles]
        if missing:
            sentence = f"时限政策 {'、'.join(missing)} 里没有时限档“{profile}”，请更正或补上。"
            yield fault_at(pack, (file, place), column="profile", reason="UNKNOWN_PROFILE", sentence=sentence)


def _seen_before(codes: Iterable[str]) -> Iterator[tuple[int, str]]:
    seen: set[str] = set()
    for place, code in enumerate(codes):
        if code in seen:
            yield place, code
        seen.add(code)


def _overlapping(codes: Iterable[str], values: tuple[Any, ...]) -> Iterator[tuple[int, str]]:
    earlier: dict[str, list[Any]] = defaultdict(list)
    for place, (code, value) in enumerate(zip(codes, values, strict=True)):
        if any(overlap(value, other) for other in earlier[code]):
            yield place, code
        earlier[code].append(value)


def _links(units: tuple[Unit, ...], column: str) -> Mapping[str, set[str | None]]:
    above: dict[str, set[str | None]] = defaultdict(set)
    for unit in units:
        above[unit.code].add(getattr(unit, column))
    return above


def _returns(start: str, above: Mapping[str, set[str | None]]) -> bool:
    """Whether a way up from `start` comes back to it."""
    ahead = list(above.get(start, ()))
    seen: set[str] = set()
    while ahead:
        code = ahead.pop()
        if code == start:
            return True
        if code is not None and code not in seen:
            seen.add(code)
            ahead.extend(above.get(code, ()))
    return False
