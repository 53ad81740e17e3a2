"""Whether everything in a pack is used, can be reached, and rests on something that still holds. Pure.

All of it lets a pack in: these are warnings for the person who keeps it, except a basis that is called checked while it
is 待核, and a condition that nothing can meet.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from itertools import combinations

from city.check_references import CENTRE, EVERYWHERE, fault_at, fits
from city.faults import PackFault, Severity
from city.kit_types import Roster
from city.pack_values import Pack
from city.rows import PlaceKind
from city.spans import in_force, span, uncovered
from city.types import Duty, TimeUnit
from tickets.types import TicketType, Urgency

UNCHECKED = "待核"
STREET = "street"
_MINUTES_A_DAY = 24 * 60
_VALUES: Mapping[str, frozenset[str]] = {
    "type": frozenset(TicketType),
    "urgency": frozenset(Urgency),
    "place": frozenset({*PlaceKind, STREET}),
}


def orphans(pack: Pack) -> Iterator[PackFault]:
    """Units, streets, meetings, processes and tags that nothing in the pack leads to."""
    for file, column, said, named, codes in _used(pack):
        for place, code in enumerate(codes):
            if code not in named:
                yield _warning(pack, (file, place), column, "ORPHAN", f"{said}“{code}”没有任何一处用到，请用上或删去。")
    roads = {street for place in pack.places for street in place.streets}
    for place, street in enumerate(pack.streets):
        if pack.places and street.code not in roads:
            sentence = f"街道“{street.name}”在 places.csv 里没有一个地点，来话说的地点都认不出在此。"
            yield _warning(pack, ("streets.csv", place), "code", "ORPHAN", sentence)


def unreachable(pack: Pack) -> Iterator[PackFault]:
    """Rows of the list that can never be chosen, and conditions that can never be met."""
    children = defaultdict(list)
    for matter in pack.matters:
        children[matter.parent].append(matter.code)
    top = {matter.code for matter in pack.matters if matter.parent is None}
    always = defaultdict(list)
    for duty in pack.duties:
        if not duty.when and duty.area == EVERYWHERE:
            always[duty.matter].append(duty)
    for place, duty in enumerate(pack.duties):
        yield from _unmeetable(pack, place, duty)
        below = children[duty.matter] if duty.matter in top else []  # a message may stay at any deeper level
        if below and all(not uncovered(span(duty), always[code]) for code in below):
            sentence = f"“{duty.matter}”的下级事项都有自己的行，本行永远轮不到，请删去或改到缺的下级。"
            yield _warning(pack, ("duties.csv", place), "matter", "UNREACHABLE", sentence)
    yield from _shadowed(pack)


def bases(pack: Pack, on: date | None) -> Iterator[PackFault]:
    """Rows called checked without a source; rows and articles whose source or review has run out by `on`."""
    sources = {source.name: source for source in pack.sources}
    today = in_force(pack.duties, on) if on else ()
    for place, duty in enumerate(pack.duties):
        spot = ("duties.csv", place)
        if duty.checked and UNCHECKED in duty.basis:
            sentence = "依据是“待核”的行不能标为已核，请写明依据或把 checked 改为 no。"
            yield fault_at(pack, spot, column="checked", reason="UNCHECKED_BASIS", sentence=sentence)
        if not sources or UNCHECKED in duty.basis:
            continue
        source = sources.get(duty.basis)
        if source is None:
            sentence = f"依据“{duty.basis}”不在 sources.csv 里，请登记或更正。"
            yield _warning(pack, spot, "basis", "UNKNOWN_SOURCE", sentence)
        elif on and duty in today and source.to_date and source.to_date <= on:
            sentence = f"依据“{duty.basis}”已于 {source.to_date} 失效，本行仍在执行，请换依据或改为待核。"
            yield _warning(pack, spot, "basis", "EXPIRED_BASIS", sentence)
    for place, article in enumerate(pack.articles):
        if on and article.review_on <= on:
            sentence = f"条目“{article.title}”应在 {article.review_on} 前复核，请核对后改日期。"
            yield _warning(pack, ("knowledge.csv", place), "review_on", "REVIEW_DUE", sentence)


def posts_without_right(pack: Pack) -> Iterator[PackFault]:
    """Rows that name a post which may not decide their matter."""
    posts = {post.code: post for post in pack.posts}
    centres = [street.centre for street in pack.streets if street.centre]
    for place, duty in enumerate(pack.duties):
        leads = centres if duty.lead == CENTRE else [duty.lead]
        for lead in leads if duty.post else ():
            post = posts.get(str(duty.post).replace(CENTRE, str(lead)))
            if post is not None and post.matters and not any(fits(one, duty.matter) for one in post.matters):
                sentence = f"岗位“{post.code}”未被授权办理“{duty.matter}”，请在 posts.csv 的 matters 补上。"
                yield _warning(pack, ("duties.csv", place), "post", "POST_NOT_AUTHORISED", sentence)
                break


def roster_holes(pack: Pack) -> Iterator[PackFault]:
    """Units that must answer at any hour but have hours of the week without anybody on duty."""
    if not pack.rosters:
        return
    rosters = defaultdict(list)
    for roster in pack.rosters:
        rosters[roster.unit].append(roster)
    for code, place in _awake(pack).items():
        minutes = bytearray(7 * _MINUTES_A_DAY)
        for roster in rosters[code]:
            _mark(minutes, roster)
        hole = minutes.find(0)
        if hole >= 0:
            day, minute = divmod(hole, _MINUTES_A_DAY)
            when = f"星期{'一二三四五六日'[day]} {minute // 60:02d}:{minute % 60:02d}"
            sentence = f"“{code}”承办不分昼夜的事项，但{when}起没有人值班，请在 rosters.csv 补上。"
            yield _warning(pack, ("units.csv", place), "code", "ROSTER_HOLE", sentence)


def shared_matters(pack: Pack) -> Iterator[PackFault]:
    """Matters that two groups of a unit both count as their own."""
    for (_, one), (place, other) in combinations(enumerate(pack.groups), 2):
        if one.unit != other.unit:
            continue
        both = [m.code for m in pack.matters if _has(one.matters, m.code) and _has(other.matters, m.code)]
        if both:
            sentence = f"事项 {'、'.join(both[:3])} 同时算在“{one.name}”和“{other.name}”，请只留一处。"
            yield _warning(pack, ("groups.csv", place), "matters", "GROUP_OVERLAP", sentence)


def ambiguous_equivalents(pack: Pack) -> Iterator[PackFault]:
    """Codes that lead to two: theirs into ours, or ours into theirs."""
    for direction, ways, key, value in (
        ("theirs", ("both", "from"), "theirs", "ours"),
        ("ours", ("both", "to"), "ours", "theirs"),
    ):
        seen: dict[tuple[str, str], str] = {}
        for place, one in enumerate(pack.equivalents):
            if one.way not in ways:
                continue
            known = seen.setdefault((one.scheme, getattr(one, key)), getattr(one, value))
            if known != getattr(one, value):
                sentence = f"“{getattr(one, key)}”已经对应“{known}”，同一方向只能对应一个，请把其中一行改为单向。"
                yield _warning(pack, ("mappings.csv", place), direction, "AMBIGUOUS_MAPPING", sentence)


def _used(pack: Pack) -> Iterator[tuple[str, str, str, set[str | None], list[str]]]:
    """File, column, Chinese name, the codes that something names, and the codes that there are."""
    units: set[str | None] = {code for duty in pack.duties for code in (duty.lead, duty.fallback, *duty.supports)}
    units |= {code for field in pack.settings.meetings for code in (field.chair, *field.members)}
    units |= {contact.unit for contact in pack.settings.contacts}
    units |= {code for unit in pack.units for code in (unit.parent, unit.successor)}
    units |= {street.centre for street in pack.streets} | {article.owner for article in pack.articles}
    units |= {step.unit for process in pack.processes for step in process.steps}
    units |= {unit.code for unit in pack.units if unit.parent}
    yield "units.csv", "code", "单位", units, [unit.code for unit in pack.units]
    fields: set[str | None] = {matter.meeting_field for matter in pack.matters}
    yield "meetings.yml:fields", "code", "联席会议", fields, [field.code for field in pack.settings.meetings]
    processes: set[str | None] = {duty.process for duty in pack.duties}
    yield "processes.yml:processes", "code", "流程模板", processes, [process.code for process in pack.processes]
    tags: set[str | None] = {code for matter in pack.matters for code in matter.tags}
    tags |= {tag.code for tag in pack.tags if tag.words}
    yield "tags.csv", "code", "标签", tags, [tag.code for tag in pack.tags]


def _unmeetable(pack: Pack, place: int, duty: Duty) -> Iterator[PackFault]:
    for name, values in duty.when.items():
        allowed = _VALUES.get(name)
        strange = [value for value in values if allowed is not None and value not in allowed]
        if allowed is not None and strange:
            sentence = f"条件 {name}={'|'.join(strange)} 永远不会成立，可填：{'、'.join(sorted(allowed))}。"
            yield fault_at(pack, ("duties.csv", place), column="when", reason="NEVER_MET", sentence=sentence)


def _shadowed(pack: Pack) -> Iterator[PackFault]:
    """Rows that say nothing new: another one with the same lead holds whenever they do and is as specific."""
    by_spot = defaultdict(list)
    for place, duty in enumerate(pack.duties):
        by_spot[duty.matter, duty.area, duty.lead, len(duty.when)].append((place, duty))
    for rows in by_spot.values():
        for (_, one), (place, other) in combinations(rows, 2):
            narrow = one.when.keys() == other.when.keys() and all(
                set(other.when[name]) <= set(one.when[name]) for name in one.when
            )
            if narrow and not uncovered(span(other), [one]):
                sentence = f"本行能成立的时候“{one.id}”都成立，主办也相同，请合并。"
                yield _warning(pack, ("duties.csv", place), "when", "REDUNDANT", sentence)


def _awake(pack: Pack) -> dict[str, int]:
    """The units that must accept within calendar minutes, by today's policy, with their place in the list of units."""
    policy = next((one for one in reversed(pack.policies)), None)
    if policy is None:
        return {}
    hurried = {
        code
        for code, profile in policy.profiles.items()
        if (limit := profile.limits.get("accept")) and limit.unit is TimeUnit.CALENDAR and not limit.days
    }
    profiles = {matter.code: matter.profile for matter in pack.matters}
    leads = {
        duty.lead
        for duty in pack.duties
        if duty.to_date is None and (duty.profile or profiles.get(duty.matter)) in hurried and duty.lead != CENTRE
    }
    return {unit.code: place for place, unit in enumerate(pack.units) if unit.code in leads and unit.to_date is None}


def _mark(minutes: bytearray, roster: Roster) -> None:
    first, last = (int(t[:2]) * 60 + int(t[3:]) for t in (roster.from_time, roster.to_time))
    length = (last - first) % _MINUTES_A_DAY or _MINUTES_A_DAY
    for day in roster.days:
        start = day * _MINUTES_A_DAY + first
        for minute in range(start, start + length):
            minutes[minute % len(minutes)] = 1


def _has(patterns: tuple[str, ...], code: str) -> bool:
    return any(fits(pattern, code) for pattern in patterns)


def _warning(pack: Pack, spot: tuple[str, int], column: str, reason: str, sentence: str) -> PackFault:
    fault = fault_at(pack, spot, column=column, reason=reason, sentence=sentence)
    return replace(fault, severity=Severity.WARNING)
