"""processes.yml: templates of a process (流程模板). May be missing.

    processes:
      - code: chaiwei
        name: 违法建筑拆除
        when: 需要多个单位一起认定和拆除的        # tells versions of one process apart; for people
        source: 徐汇区政府流程再造案例（拆违）      # 待核 when left out
        checked: yes                              # no when left out
        steps:
          - {code: shouli, name: 受理, unit: "@lead", limit: 2 wh}
          - {code: guihua, name: 规划认定, unit: ghj, after: [shouli], limit: 1 wd}
          - {code: fangguan, name: 房屋权属核查, unit: fgj, after: [shouli], limit: 1 wd, silence: escalate}
          - {code: chaichu, name: 拆除, unit: "@centre", after: [guihua, fangguan], limit: 1 wd}

A step without `after` begins with the process; steps with the same `after` run in parallel. `limit` is a length as in
clocks.yml. `silence`: what the end of the limit means when no answer came; escalate (when left out) or consent.
"""

from dataclasses import replace

from city.clock_file import length
from city.kit_types import Process, ProcessStep
from city.outline import Item

LEAD = "@lead"
SILENCES = ("escalate", "consent")
_YES = {"yes": True, "true": True, "是": True, "no": False, "false": False, "否": False}


def read_processes(root: Item) -> tuple[Process, ...]:
    """The templates of a processes.yml."""
    return tuple(_process(item) for item in root.only("processes")["processes"].items())


def _process(item: Item) -> Process:
    keys = item.only("code", "name", "when", "source", "checked", "steps")
    steps = tuple(_step(step) for step in keys["steps"].items())
    if not steps:
        keys["steps"].fault("EMPTY_VALUE", "流程至少要有一个步骤。")
    source, checked = keys["source"].text("待核"), keys["checked"].text("no").lower()
    if checked not in _YES:
        keys["checked"].fault("BAD_YES_NO", f"“{checked}”看不懂，请写 yes 或 no。")
    if _YES.get(checked) and "待核" in source:
        keys["checked"].fault("UNCHECKED_SOURCE", "来源待核的流程不能标为已核，请写明来源。")
    _order(item, steps)
    return Process(
        code=keys["code"].text(),
        name=keys["name"].text(),
        steps=steps,
        when=keys["when"].text(""),
        source=source,
        checked=_YES.get(checked, False),
    )


def _step(item: Item) -> ProcessStep:
    keys = item.only("code", "name", "unit", "after", "limit", "silence", "source")
    silence = keys["silence"].text("escalate")
    if silence not in SILENCES:
        keys["silence"].fault("BAD_CHOICE", f"“{silence}”不在可选范围内，可填：{'、'.join(SILENCES)}。")
    return ProcessStep(
        code=keys["code"].text(),
        name=keys["name"].text(),
        unit=keys["unit"].text(),
        after=keys["after"].texts(),
        limit=replace(length(keys["limit"]), source=keys["source"].text("待核")),
        silence=silence,
    )


def _order(item: Item, steps: tuple[ProcessStep, ...]) -> None:
    """Steps have one name each and can all be reached: nobody waits for himself."""
    codes = [step.code for step in steps]
    for code in dict.fromkeys(code for code in codes if codes.count(code) > 1):
        item.fault("DUPLICATE_CODE", f"步骤“{code}”出现了不止一次。")
    for step in steps:
        for code in step.after:
            if code not in codes:
                item.fault("UNKNOWN_STEP", f"步骤“{step.code}”要等的“{code}”不存在。")
    done: set[str] = set()
    waiting = list(steps)
    while ready := [step for step in waiting if set(step.after) & set(codes) <= done]:
        done.update(step.code for step in ready)
        waiting = [step for step in waiting if step.code not in done]
    if waiting:
        item.fault("CYCLE", f"步骤 {'、'.join(step.code for step in waiting)} 互相等待，永远不会开始。")
