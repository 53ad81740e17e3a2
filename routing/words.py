"""The plain Chinese sentences of a decision."""

from collections.abc import Sequence

from city.types import Directory
from routing.case import Case
from routing.match import Claim

OPTIONS = 3
"""How many streets a question names at most."""
_RANKS = ("有联席会议先例", "事项更具体", "地域更具体", "条件更具体")


def dispatched(case: Case, claim: Claim) -> str:
    """Who gets it and on what ground, in one sentence."""
    directory = case.directory
    name = directory.matters[case.code].name
    streets = [directory.streets[code].name for code in case.streets if code in directory.streets]
    where = f"在{'或'.join(streets[:3])}" if streets else ""
    unit = _unit(claim, directory)
    if claim.instead:
        return f"“{name}”{where}的承办单位就是被反映单位，按{claim.source}改派后备单位{unit}。"
    if claim.is_precedent:
        return f"“{name}”{where}已有联席会议先例{claim.source}，裁定由{unit}主办，直接派往{unit}。"
    known = directory.posts.get(claim.post) if claim.post else None
    post = f"（{known.name}）" if known else ""
    basis = f"，依据：{claim.basis}" if claim.checked and claim.basis else "，依据待核"
    return f"“{name}”{where}由{unit}{post}承办（责任清单{claim.source}{basis}），直接派往{unit}。"


def asked(matter: str, streets: Sequence[str]) -> tuple[str, str, str]:
    """Reason code, sentence for staff and question for the resident when the street is not known."""
    if len(streets) > 1:
        return (
            "border",
            f"“{matter}”的地点可能在" + "、".join(streets) + "，先向市民问清。",
            f"您说的地方是在{_choices(streets[:OPTIONS])}？回复数字或名称就行；说不准请告诉我们门牌号或最近的路口，或回复“不知道”。",
        )
    return (
        "no_street",
        f"“{matter}”按街道承办，但所在街道不明，先向市民问一句。",
        "请问是在哪条路、哪个小区或门牌号？请回复具体地点，我们马上派人。",
    )


def _choices(names: Sequence[str]) -> str:
    """1、天平路街道，还是2、徐家汇街道."""
    told = [f"{number}、{name}" for number, name in enumerate(names, 1)]
    return "，".join(told[:-1]) + f"，还是{told[-1]}"


def why(claim: Claim, winner: Claim | None, directory: Directory) -> str:
    """Why the claim won or lost; `winner` None = it is as good as another that names another unit."""
    if winner is not None and claim.source == winner.source:
        if claim.instead:
            return "最具体，但承办单位就是被反映单位，由后备单位承办"
        return "联席会议先例优先" if claim.is_precedent else "事项、地域、条件均相符且最具体"
    if claim.lost is not None:
        return claim.lost
    if winner is None:
        return "与其他条目同样具体，无法取舍"
    for label, mine, theirs in zip(_RANKS, claim.rank, winner.rank, strict=True):
        if mine < theirs:
            return f"{winner.source}{label}"
    return f"与{winner.source}同样具体，且指向{_unit(claim, directory)}"


def _unit(claim: Claim, directory: Directory) -> str:
    known = directory.units.get(claim.unit) if claim.unit else None
    return known.name if known else str(claim.unit)
