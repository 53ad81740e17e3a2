"""The Chinese word for every kind of thing that a page names. Complete by test; the states' own words are in tickets.moves."""

from city.types import TagAxis
from sla.types import HOTLINE, MEETING, RESIDENT, ClockKind
from tickets.said import Mood, Need, PartyKind, Threat
from tickets.types import (
    Channel,
    CommandKind,
    DecisionKind,
    EventKind,
    LegRole,
    LegState,
    Outcome,
    Role,
    TicketType,
    Urgency,
)

C, E, K, S = CommandKind, EventKind, ClockKind, LegState

CHANNELS: dict[Channel, str] = {
    Channel.PHONE: "电话",
    Channel.SMS: "短信",
    Channel.WECHAT: "微信",
    Channel.WEB: "网页",
    Channel.COUNTER: "窗口",
    Channel.API: "接口",
}

TYPES: dict[TicketType, str] = {
    TicketType.ENQUIRY: "咨询",
    TicketType.HELP: "求助",
    TicketType.COMPLAINT: "投诉",
    TicketType.REPORT: "举报",
    TicketType.SUGGESTION: "建议",
    TicketType.PRAISE: "表扬",
    TicketType.OTHER: "其他",
}

URGENCIES: dict[Urgency, str] = {Urgency.ROUTINE: "一般", Urgency.URGENT: "紧急", Urgency.CRITICAL: "危急"}
URGENCY_TONES: dict[Urgency, str] = {Urgency.ROUTINE: "grey", Urgency.URGENT: "amber", Urgency.CRITICAL: "red"}

LEG_ROLES: dict[LegRole, str] = {LegRole.LEAD: "主办", LegRole.SUPPORT: "协办", LegRole.INTERIM: "先行受理"}

ROLES: dict[Role, str] = {
    Role.SYSTEM: "系统",
    Role.RESIDENT: "市民",
    Role.OPERATOR: "话务员",
    Role.DISPATCHER: "派单员",
    Role.CENTRE: "承办单位",
    Role.CALLBACK: "回访员",
    Role.CHAIR: "联席会议召集人",
    Role.SUPERVISOR: "督查",
    Role.LEADER: "领导",
    Role.ADMIN: "系统管理员",
}

OUTCOMES: dict[Outcome, str] = {
    Outcome.PENDING: "处理中",
    Outcome.OPENED: "已立单",
    Outcome.APPENDED: "并入已有工单",
    Outcome.ANSWERED: "已答复",
    Outcome.REFUSED: "不予受理",
}

DECISIONS: dict[DecisionKind, str] = {
    DecisionKind.DISPATCH: "自动派单",
    DecisionKind.TRIAGE: "转人工派单",
    DecisionKind.ASK: "请市民补充",
    DecisionKind.DISPUTE: "提交联席会议",
}

CLOCKS: dict[ClockKind, str] = {
    K.PROMISE: "办结承诺",
    K.TRIAGE: "派单",
    K.ACCEPT: "签收",
    K.CONTACT: "先行联系",
    K.FINISH: "办结",
    K.RETURN_WINDOW: "可退单",
    K.WAIT: "待市民补充",
    K.CALLBACK: "回访",
    K.REWORK: "重办",
    K.RULING: "办公室裁定",
    K.PLENARY: "全体会议",
    K.REVIEW: "审核",
}

HOLDERS: dict[str, str] = {HOTLINE: "热线", RESIDENT: "市民", MEETING: "联席会议"}

DANGERS: dict[str, str] = {
    "gas": "燃气",
    "fire": "火情",
    "medical": "急救",
    "crime": "治安",
    "traffic": "交通事故",
    "electric": "触电",
    "collapse": "坍塌坠落",
    "drowning": "溺水",
    "trapped": "人员被困",
    "suicide": "轻生",
    "water": "涌水",
}

ENGINES: dict[str, str] = {"embedded": "内置模型", "transformer": "神经网络模型", "rasa": "外接Rasa模型"}
"""What people call the engines of understanding."""

FILLERS = frozenset("的了着过吗呢吧呀啊我你您他她它是在就都也还又和与这那个到去来") | {"我们", "你们", "他们", "一个"}
"""Words that may weigh in a decision and tell its reader nothing."""

STATE_TONES: dict[LegState, str] = {
    S.RECEIVED: "blue",
    S.WAITING: "grey",
    S.ANSWERED: "green",
    S.REFUSED: "grey",
    S.TRANSFERRED: "red",
    S.MERGED: "grey",
    S.DISPATCHED: "blue",
    S.ACCEPTED: "blue",
    S.CONTACTED: "blue",
    S.IN_PROGRESS: "blue",
    S.RETURN_REQUESTED: "amber",
    S.DISPUTED: "violet",
    S.RULED: "violet",
    S.EXTENSION_REQUESTED: "amber",
    S.HOLD_REQUESTED: "amber",
    S.ON_HOLD: "grey",
    S.REPLIED: "green",
    S.CALLBACK: "green",
    S.REWORK: "amber",
    S.CLOSED: "grey",
    S.ARCHIVED: "grey",
    S.WITHDRAWN: "grey",
    S.INVALID: "grey",
}

COMMANDS: dict[CommandKind, str] = {
    C.ASK: "请市民补充",
    C.SUPPLY: "并入补充内容",
    C.END_WAIT: "不再等待补充",
    C.DISPATCH: "派单",
    C.REASSIGN: "改派",
    C.ADD_SUPPORT: "增加协办单位",
    C.ANSWER: "直接答复",
    C.REFUSE: "不予受理",
    C.TRANSFER: "紧急转接",
    C.MERGE: "并单",
    C.UNMERGE: "撤销并单",
    C.ACCEPT: "签收",
    C.CONTACT: "登记先行联系",
    C.START: "开始办理",
    C.REPLY: "反馈办理结果",
    C.SETTLE: "当场办结",
    C.REQUEST_RETURN: "申请退单",
    C.APPROVE_RETURN: "同意退单并改派",
    C.REFUSE_RETURN: "不同意退单",
    C.DISPUTE: "提交联席会议",
    C.RULE: "裁定",
    C.REQUEST_EXTENSION: "申请延期",
    C.GRANT_EXTENSION: "同意延期",
    C.REFUSE_EXTENSION: "不同意延期",
    C.REQUEST_HOLD: "申请挂起",
    C.GRANT_HOLD: "同意挂起",
    C.REFUSE_HOLD: "不同意挂起",
    C.END_HOLD: "恢复办理",
    C.PASS_REPLY: "反馈审核通过",
    C.REJECT_REPLY: "退回重新反馈",
    C.CALL_BACK: "登记回访",
    C.START_REWORK: "开始重办",
    C.RATE: "评价",
    C.CLOSE: "办结",
    C.REOPEN: "重新办理",
    C.ARCHIVE: "归档",
    C.WITHDRAW: "撤单",
    C.INVALIDATE: "认定无效",
    C.SUPERVISE: "督办",
    C.REMIND: "催办",
    C.NOTE: "添加备注",
}

DONE: dict[CommandKind, str] = {
    C.ASK: "已向市民提问，收到补充后工单回到待派遣。",
    C.SUPPLY: "补充内容已并入。",
    C.END_WAIT: "已停止等待，请派单。",
    C.DISPATCH: "已派单，承办单位已收到通知。",
    C.REASSIGN: "已改派，原单位不再计时。",
    C.ADD_SUPPORT: "已增加协办单位。",
    C.ANSWER: "已直接答复市民。",
    C.REFUSE: "已登记不予受理，并告知市民途径。",
    C.TRANSFER: "已登记紧急转接。",
    C.MERGE: "已并单，较早的承诺时限继续有效。",
    C.UNMERGE: "已撤销并单。",
    C.ACCEPT: "已签收，请尽快联系市民。",
    C.CONTACT: "已登记联系情况。",
    C.START: "已开始办理。",
    C.REPLY: "已反馈，等待热线审核。",
    C.SETTLE: "已当场办结，等待热线审核。",
    C.REQUEST_RETURN: "退单申请已提交，审核期间暂停计时。",
    C.APPROVE_RETURN: "已同意退单并改派。",
    C.REFUSE_RETURN: "已驳回退单，原单位继续办理。",
    C.DISPUTE: "已提交联席会议，先行受理单位已指定。",
    C.RULE: "已裁定，工单已回流至主办单位。",
    C.REQUEST_EXTENSION: "延期申请已提交。",
    C.GRANT_EXTENSION: "延期意见已登记；延期须两人审批。",
    C.REFUSE_EXTENSION: "已驳回延期。",
    C.REQUEST_HOLD: "挂起申请已提交。",
    C.GRANT_HOLD: "已同意挂起。",
    C.REFUSE_HOLD: "已驳回挂起。",
    C.END_HOLD: "已恢复办理。",
    C.PASS_REPLY: "反馈已通过审核。",
    C.REJECT_REPLY: "反馈已退回承办单位。",
    C.CALL_BACK: "回访已登记。",
    C.START_REWORK: "已开始重办。",
    C.RATE: "评价已登记。",
    C.CLOSE: "已办结。",
    C.REOPEN: "已重新办理。",
    C.ARCHIVE: "已归档。",
    C.WITHDRAW: "已撤单。",
    C.INVALIDATE: "已认定无效。",
    C.SUPERVISE: "已列入督办。",
    C.REMIND: "已催办。",
    C.NOTE: "备注已保存。",
}

EVENTS: dict[EventKind, str] = {
    E.OPENED: "受理",
    E.UNDERSTOOD: "理解",
    E.DECIDED: "派单判断",
    E.APPENDED: "补充",
    E.ASKED: "追问",
    E.SUPPLIED: "市民补充",
    E.WAIT_ENDED: "结束等待",
    E.DISPATCHED: "派单",
    E.REASSIGNED: "改派",
    E.LEG_ADDED: "增加协办",
    E.ANSWERED: "直接答复",
    E.REFUSED: "不予受理",
    E.TRANSFERRED: "紧急转接",
    E.MERGED: "并单",
    E.UNMERGED: "撤销并单",
    E.ACCEPTED: "签收",
    E.CONTACTED: "先行联系",
    E.STARTED: "开始办理",
    E.REPLIED: "反馈",
    E.SETTLED: "当场办结",
    E.RETURN_REQUESTED: "申请退单",
    E.RETURN_APPROVED: "同意退单",
    E.RETURN_REFUSED: "不同意退单",
    E.DISPUTED: "提交联席会议",
    E.INTERIM_APPOINTED: "指定先行受理",
    E.INTERIM_RELEASED: "结束先行受理",
    E.RULED: "裁定",
    E.REFLOWED: "回流",
    E.EXTENSION_REQUESTED: "申请延期",
    E.EXTENSION_APPROVED: "延期初审",
    E.EXTENSION_GRANTED: "同意延期",
    E.EXTENSION_REFUSED: "不同意延期",
    E.HOLD_REQUESTED: "申请挂起",
    E.HOLD_GRANTED: "同意挂起",
    E.HOLD_REFUSED: "不同意挂起",
    E.HOLD_ENDED: "恢复办理",
    E.REPLY_PASSED: "审核通过",
    E.REPLY_REJECTED: "审核退回",
    E.CALLED_BACK: "回访",
    E.REWORK_ORDERED: "要求重办",
    E.REWORK_STARTED: "开始重办",
    E.RATED: "市民评价",
    E.CLOSED: "办结",
    E.REOPENED: "重新办理",
    E.ARCHIVED: "归档",
    E.WITHDRAWN: "撤单",
    E.INVALIDATED: "认定无效",
    E.SUPERVISED: "督办",
    E.REMINDED: "催办",
    E.NOTED: "备注",
    E.ALARMED: "险情报警",
    E.CLOCK_WARNED: "时限预警",
}

TAG_AXES: dict[TagAxis, str] = {
    TagAxis.WHEN_WHERE: "时空属性",
    TagAxis.WHO: "主体特征",
    TagAxis.NATURE: "问题性质",
    TagAxis.GOVERNANCE: "治理维度",
}

NEEDS: dict[Need, str] = {
    Need.ELDERLY: "老年人",
    Need.ALONE: "独居",
    Need.MINOR: "未成年人",
    Need.DISABLED: "残疾人",
    Need.DEAF: "听障、不便通话",
    Need.PREGNANT: "孕产妇",
    Need.ILL: "病人",
    Need.POOR: "生活困难",
}

MOODS: dict[Mood, str] = {Mood.CALM: "平静", Mood.UPSET: "焦急不满", Mood.ANGRY: "气愤", Mood.DESPERATE: "绝望"}

THREATS: dict[Threat, str] = {
    Threat.SELF_HARM: "轻生的话",
    Threat.VIOLENCE: "伤人的话",
    Threat.PETITION: "集体上访",
    Threat.MEDIA: "要找媒体",
}

PARTY_KINDS: dict[PartyKind, str] = {
    PartyKind.FIRM: "企业、店家",
    PartyKind.PERSON: "个人",
    PartyKind.PUBLIC: "公共机构",
}

RECURRENCES: dict[str, str] = {
    "day": "每天",
    "week": "每周",
    "month": "每月",
    "year": "每年",
    "workday": "工作日",
    "weekend": "周末",
    "holiday": "节假日",
}
