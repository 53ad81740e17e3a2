"""The plan of a process: when each step begins and ends if nobody is late. Pure."""

from dataclasses import dataclass
from datetime import datetime

from city.kit_types import Process, ProcessStep
from sla.calendar import WorkingCalendar
from sla.deadlines import deadline


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStep:
    """A step with its instants, UTC. `stage` counts from 0: steps of one stage run in parallel."""

    step: ProcessStep
    stage: int
    start_at: datetime
    due_at: datetime


def plan(process: Process, start_at: datetime, calendar: WorkingCalendar) -> tuple[PlannedStep, ...]:
    """Every step in the order in which it begins. A step begins when all that it waits for are due.

    The pack's check has seen to it that no steps wait for each other; those that do are left out here.
    """
    planned: dict[str, PlannedStep] = {}
    waiting = list(process.steps)
    while ready := [step for step in waiting if planned.keys() >= set(step.after)]:
        for step in ready:
            before = [planned[code] for code in step.after]
            begins = max((one.due_at for one in before), default=start_at)
            planned[step.code] = PlannedStep(
                step=step,
                stage=max((one.stage + 1 for one in before), default=0),
                start_at=begins,
                due_at=deadline(begins, step.limit, calendar),
            )
        waiting = [step for step in waiting if step.code not in planned]
    return tuple(sorted(planned.values(), key=lambda one: (one.stage, one.due_at)))
