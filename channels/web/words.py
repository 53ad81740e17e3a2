"""The states in a resident's words: what a state means, and how far along it is. Pure."""

from tickets.moves import WORDS
from tickets.types import LegState

S = LegState

STAGES = ("收到", "转交", "办理", "答复", "办结")

_PLAIN: dict[LegState, tuple[str, int | None]] = {
    S.RECEIVED: ("我们已收到，正在确定由哪个单位来办。", 0),
    S.WAITING: ("我们还差一点信息，请在下面回答一个问题。不回答也会继续办理。", 0),
    S.ANSWERED: ("热线已直接答复您。", 3),
    S.REFUSED: ("这件事不由热线办理，我们已写明该找哪里。", None),
    S.TRANSFERRED: ("事情紧急，已转给110、119或120处置。", None),
    S.MERGED: ("已有人反映同一件事，我们合在一起办理，先反映的时限不变。", 1),
    S.DISPATCHED: ("已交给承办单位，等对方签收。", 1),
    S.ACCEPTED: ("承办单位已经签收，会先和您联系。", 2),
    S.CONTACTED: ("承办单位已联系过您，接着办理。", 2),
    S.IN_PROGRESS: ("承办单位正在办理。", 2),
    S.RETURN_REQUESTED: ("承办单位认为不归它管，我们正在核实。您的办结时限不变。", 1),
    S.DISPUTED: ("该由谁来办还有争议，已提交联席会议确定；其间有单位先行处理，您的办结时限不变。", 1),
    S.RULED: ("联席会议已确定由谁来办。", 1),
    S.EXTENSION_REQUESTED: ("承办单位申请多用几天，正在审核。", 2),
    S.HOLD_REQUESTED: ("承办单位申请暂缓，正在审核。", 2),
    S.ON_HOLD: ("暂时无法推进，经批准暂缓办理，条件具备后继续。", 2),
    S.REPLIED: ("承办单位已有结果，我们正在核对，随后回访您。", 3),
    S.CALLBACK: ("已有答复。我们会打电话回访，您也可以直接在下面评价。", 3),
    S.REWORK: ("您说问题没有解决，已退回承办单位重新办理。", 2),
    S.CLOSED: ("这件事已办结。如果没有真正解决，30天内可以要求重办。", 4),
    S.ARCHIVED: ("这件事已办结并归档。", 4),
    S.WITHDRAWN: ("您已撤回这件事，我们不再办理。", None),
    S.INVALID: ("这件事因内容无效没有继续办理。", None),
}

_BY_WORD = {WORDS[state]: said for state, said in _PLAIN.items()}
_BY_WORD["已答复"] = ("知识库里有答案，我们已直接答复您，没有另立工单。没有解决，请点下面的按钮转给人办。", 3)
_BY_WORD["已收到"] = _PLAIN[S.RECEIVED]  # a message of which no ticket has been made yet


def plain(state_word: str) -> str:
    """What a state means for the resident, in one or two sentences; empty for a word that is not a state's."""
    return _BY_WORD.get(state_word, ("", None))[0]


def stage(state_word: str) -> int | None:
    """The index in STAGES that a state has reached; None when it left that road (withdrawn, refused, transferred)."""
    return _BY_WORD.get(state_word, ("", None))[1]
