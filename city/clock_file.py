"""clocks.yml: every policy of a city with its profiles, limits and ladders.

    ladders:
      finish:
        - {step: amber, before: 1 wd, to: [lead], source: 待核}
        - {step: red, to: [lead, supervisor]}              # at the deadline itself
        - {step: notice, after: 5 wd, to: [leader]}
    policies:
      - version: xuhui-2026
        max_refusals: 2
        max_returns: 2
        callback_attempts: 2
        profiles:
          default:
            name: 一般诉求
            clocks:
              finish: {limit: 5 wd, ladder: finish, source: 静安2019（A）}

A length is a number and a unit: wd, wh, wmin are working days, hours, minutes; d, h, min are calendar ones. Several
parts of one kind add up ("1 wd 2 wh"). `source` is 待核 when left out. Keys of `clocks` are the kinds of clock.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from city.outline import Item
from city.types import Limit, Policy, Profile, Step, TimeUnit

# The values of sla.types.ClockKind, which lies above this package; a test keeps the two equal.
CLOCK_KINDS = (
    *("promise", "triage", "accept", "contact", "finish", "return_window"),
    *("wait", "callback", "rework", "ruling", "plenary", "review"),
)
STEPS = ("amber", "red", "notice", "repeat")
HEARERS = ("lead", "dispatcher", "supervisor", "leader", "duty")
_PART = re.compile(r"\s*(\d{1,4})\s*(wd|wh|wmin|d|h|min)\b")
_AT_ONCE = Limit(unit=TimeUnit.CALENDAR)
Ladders = Mapping[str, tuple[Step, ...]]


def read_policies(root: Item) -> tuple[Policy, ...]:
    """The policies of a clocks.yml."""
    top = root.only("ladders", "policies")
    ladders = {name: tuple(_step(step) for step in item.items()) for name, item in top["ladders"].entries()}
    return tuple(_policy(item, ladders) for item in top["policies"].items())


def _policy(item: Item, ladders: Ladders) -> Policy:
    keys = item.only("version", "max_refusals", "max_returns", "callback_attempts", "profiles")
    profiles = {code: _profile(code, profile, ladders) for code, profile in keys["profiles"].entries()}
    if "default" not in profiles:
        keys["profiles"].fault("NO_DEFAULT", "缺少时限档“default”，没有它就无法计时。")
    return Policy(
        version=keys["version"].text(),
        profiles=profiles,
        max_refusals=keys["max_refusals"].number(2),
        max_returns=keys["max_returns"].number(2),
        callback_attempts=keys["callback_attempts"].number(2),
    )


def _profile(code: str, item: Item, ladders: Ladders) -> Profile:
    keys = item.only("name", "clocks")
    limits: dict[str, Limit] = {}
    climbs: dict[str, tuple[Step, ...]] = {}
    for kind, clock in keys["clocks"].entries():
        if kind not in CLOCK_KINDS:
            clock.fault("UNKNOWN_CLOCK", f"没有“{kind}”这种时钟，可用：{'、'.join(CLOCK_KINDS)}。")
            continue
        parts = clock.only("limit", "ladder", "source")
        limits[kind] = replace(length(parts["limit"]), source=parts["source"].text("待核"))
        name = parts["ladder"].text("")
        if name and name not in ladders:
            parts["ladder"].fault("UNKNOWN_LADDER", f"没有名为“{name}”的提醒阶梯，可用：{'、'.join(ladders)}。")
        climbs[kind] = ladders.get(name, ())
    return Profile(code=code, name=keys["name"].text(), limits=limits, ladder=climbs)


def _step(item: Item) -> Step:
    keys = item.only("step", "before", "after", "to", "source")
    name, to = keys["step"].text(), keys["to"].texts()
    if name not in STEPS:
        keys["step"].fault("UNKNOWN_STEP", f"没有“{name}”这一级，可用：{'、'.join(STEPS)}。")
    for hearer in to:
        if hearer not in HEARERS:
            keys["to"].fault("UNKNOWN_HEARER", f"没有“{hearer}”这类收件人，可用：{'、'.join(HEARERS)}。")
    before = not keys["before"].missing
    if before and not keys["after"].missing:
        item.fault("BEFORE_AND_AFTER", "before 与 after 只能写一个。")
    offset = length(keys["before" if before else "after"]) if before or not keys["after"].missing else _AT_ONCE
    return Step(name=name, offset=replace(offset, source=keys["source"].text("待核")), before=before, to=to)


def length(item: Item) -> Limit:
    """A length such as "5 wd"; zero and mixed units are faults."""
    said = item.text()
    parts = _PART.findall(said)
    units = {TimeUnit.WORKING if unit.startswith("w") else TimeUnit.CALENDAR for _, unit in parts}
    if _PART.sub("", said).strip() or len(units) != 1:
        item.fault("BAD_LENGTH", f"时长“{said}”看不懂，请写成 5 wd、2 h、30 min 等，工作时间与自然时间不能混写。")
        return _AT_ONCE
    amount = {unit.removeprefix("w"): int(number) for number, unit in parts}
    span = timedelta(hours=amount.get("h", 0), minutes=amount.get("min", 0))
    if not amount.get("d") and not span:
        item.fault("BAD_LENGTH", f"时长“{said}”等于零，请写一个大于零的时长。")
    return Limit(unit=units.pop(), days=amount.get("d", 0), span=span)
