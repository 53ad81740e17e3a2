"""The plan of a process: sequence, parallel steps, and working time."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from city.kit_types import Process, ProcessStep
from city.pack import load_pack
from city.types import Limit, TimeUnit
from sla.calendar import WorkingCalendar
from sla.plan import plan

XUHUI = Path(__file__).resolve().parents[2] / "city" / "packs" / "xuhui"
At = Callable[[str], datetime]


def step(code: str, working_hours: int, *after: str) -> ProcessStep:
    limit = Limit(unit=TimeUnit.WORKING, span=timedelta(hours=working_hours))
    return ProcessStep(code=code, name=code, unit="@lead", after=after, limit=limit)


def test_a_step_begins_when_the_slowest_of_its_predecessors_is_due(calendar: WorkingCalendar, at: At) -> None:
    process = Process(
        code="p",
        name="p",
        steps=(step("end", 1, "fast", "slow"), step("slow", 3, "take"), step("fast", 1, "take"), step("take", 1)),
    )
    planned = {one.step.code: one for one in plan(process, at("2026-11-23T09:00"), calendar)}
    assert {code: (one.stage, one.start_at, one.due_at) for code, one in planned.items()} == {
        "take": (0, at("2026-11-23T09:00"), at("2026-11-23T10:00")),
        "fast": (1, at("2026-11-23T10:00"), at("2026-11-23T11:00")),
        "slow": (1, at("2026-11-23T10:00"), at("2026-11-23T14:00")),  # the lunch hour does not count
        "end": (2, at("2026-11-23T14:00"), at("2026-11-23T15:00")),
    }


def test_steps_come_in_the_order_in_which_they_begin(calendar: WorkingCalendar, at: At) -> None:
    process = Process(code="p", name="p", steps=(step("b", 2, "a"), step("c", 1, "a"), step("a", 1)))
    assert [one.step.code for one in plan(process, at("2026-11-23T09:00"), calendar)] == ["a", "c", "b"]


def test_every_process_of_the_pack_can_be_planned_whole_and_ends_within_its_promise(at: At) -> None:
    pack = load_pack(XUHUI)
    calendar = WorkingCalendar(pack.calendars[0])
    start = at("2026-11-23T09:00")
    for process in pack.processes:
        planned = plan(process, start, calendar)
        assert {one.step.code for one in planned} == {one.code for one in process.steps}
    jobless = next(process for process in pack.processes if process.code == "shiye_jiuji")
    last = max(one.due_at for one in plan(jobless, start, calendar))
    assert last <= at("2026-11-23T17:00")  # from fifteen days to the same day
    assert [one.stage for one in plan(jobless, start, calendar)] == [0, 1, 1, 1, 2]
