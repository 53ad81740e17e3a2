"""The closed vocabularies of the house: every word that a column or a contract may hold."""

from enum import StrEnum


class Channel(StrEnum):
    """Where a message came from (渠道)."""

    PHONE = "phone"
    SMS = "sms"
    WECHAT = "wechat"
    WEB = "web"
    COUNTER = "counter"
    API = "api"


class Outcome(StrEnum):
    """What became of a message; PENDING never lasts long."""

    PENDING = "pending"
    OPENED = "opened"
    APPENDED = "appended"
    ANSWERED = "answered"
    REFUSED = "refused"


class TicketType(StrEnum):
    """诉求类型."""

    ENQUIRY = "enquiry"
    HELP = "help"
    COMPLAINT = "complaint"
    REPORT = "report"
    SUGGESTION = "suggestion"
    PRAISE = "praise"
    OTHER = "other"


class Urgency(StrEnum):
    """紧急程度. CRITICAL means danger to life or property: minutes count, on any day."""

    ROUTINE = "routine"
    URGENT = "urgent"
    CRITICAL = "critical"


class LegRole(StrEnum):
    """主办, 协办, 先行受理 (handles the matter while a dispute is open)."""

    LEAD = "lead"
    SUPPORT = "support"
    INTERIM = "interim"


class LegState(StrEnum):
    """The states of docs/glossary.md, per leg."""

    RECEIVED = "RECEIVED"
    WAITING = "WAITING"
    ANSWERED = "ANSWERED"
    REFUSED = "REFUSED"
    TRANSFERRED = "TRANSFERRED"
    MERGED = "MERGED"
    DISPATCHED = "DISPATCHED"
    ACCEPTED = "ACCEPTED"
    CONTACTED = "CONTACTED"
    IN_PROGRESS = "IN_PROGRESS"
    RETURN_REQUESTED = "RETURN_REQUESTED"
    DISPUTED = "DISPUTED"
    RULED = "RULED"
    EXTENSION_REQUESTED = "EXTENSION_REQUESTED"
    HOLD_REQUESTED = "HOLD_REQUESTED"
    ON_HOLD = "ON_HOLD"
    REPLIED = "REPLIED"
    CALLBACK = "CALLBACK"
    REWORK = "REWORK"
    CLOSED = "CLOSED"
    ARCHIVED = "ARCHIVED"
    WITHDRAWN = "WITHDRAWN"
    INVALID = "INVALID"


class Role(StrEnum):
    """Who acts. SYSTEM is the engine itself, RESIDENT whoever holds the number and its proof."""

    SYSTEM = "system"
    RESIDENT = "resident"
    OPERATOR = "operator"
    DISPATCHER = "dispatcher"
    CENTRE = "centre"
    CALLBACK = "callback"
    CHAIR = "chair"
    SUPERVISOR = "supervisor"
    LEADER = "leader"
    ADMIN = "admin"


class DecisionKind(StrEnum):
    """What routing says: send it, ask a person, ask the resident one thing, or put it to the joint meeting."""

    DISPATCH = "dispatch"
    TRIAGE = "triage"
    ASK = "ask"
    DISPUTE = "dispute"


class EventKind(StrEnum):
    """What happened to a ticket, in the past tense. Append only; the single source of every statistic."""

    OPENED = "TicketOpened"
    UNDERSTOOD = "MessageUnderstood"
    DECIDED = "RouteDecided"
    APPENDED = "MessageAppended"
    ASKED = "ResidentAsked"
    SUPPLIED = "ResidentSupplied"
    WAIT_ENDED = "WaitEnded"
    DISPATCHED = "TicketDispatched"
    REASSIGNED = "TicketReassigned"
    LEG_ADDED = "LegAdded"
    ANSWERED = "TicketAnswered"
    REFUSED = "TicketRefused"
    TRANSFERRED = "TicketTransferred"
    MERGED = "TicketMerged"
    UNMERGED = "TicketUnmerged"
    ACCEPTED = "LegAccepted"
    CONTACTED = "ResidentContacted"
    STARTED = "WorkStarted"
    REPLIED = "LegReplied"
    SETTLED = "SettledOnTheSpot"
    RETURN_REQUESTED = "ReturnRequested"
    RETURN_APPROVED = "ReturnApproved"
    RETURN_REFUSED = "ReturnRefused"
    DISPUTED = "DisputeOpened"
    INTERIM_APPOINTED = "InterimAppointed"
    INTERIM_RELEASED = "InterimReleased"
    RULED = "DisputeRuled"
    REFLOWED = "TicketReflowed"
    EXTENSION_REQUESTED = "ExtensionRequested"
    EXTENSION_APPROVED = "ExtensionApproved"
    EXTENSION_GRANTED = "ExtensionGranted"
    EXTENSION_REFUSED = "ExtensionRefused"
    HOLD_REQUESTED = "HoldRequested"
    HOLD_GRANTED = "HoldGranted"
    HOLD_REFUSED = "HoldRefused"
    HOLD_ENDED = "HoldEnded"
    REPLY_PASSED = "ReplyPassed"
    REPLY_REJECTED = "ReplyRejected"
    CALLED_BACK = "ResidentCalledBack"
    REWORK_ORDERED = "ReworkOrdered"
    REWORK_STARTED = "ReworkStarted"
    RATED = "ResidentRated"
    CLOSED = "TicketClosed"
    REOPENED = "TicketReopened"
    ARCHIVED = "TicketArchived"
    WITHDRAWN = "TicketWithdrawn"
    INVALIDATED = "TicketInvalidated"
    SUPERVISED = "SupervisionOrdered"
    REMINDED = "ReminderSent"
    NOTED = "NoteAdded"
    ALARMED = "DutyAlarmed"
    CLOCK_WARNED = "ClockWarned"


class CommandKind(StrEnum):
    """What somebody asks for, in the imperative; the API's `command`."""

    ASK = "ask"
    SUPPLY = "supply"
    END_WAIT = "end_wait"
    DISPATCH = "dispatch"
    REASSIGN = "reassign"
    ADD_SUPPORT = "add_support"
    ANSWER = "answer"
    REFUSE = "refuse"
    TRANSFER = "transfer"
    MERGE = "merge"
    UNMERGE = "unmerge"
    ACCEPT = "accept"
    CONTACT = "contact"
    START = "start"
    REPLY = "reply"
    SETTLE = "settle"
    REQUEST_RETURN = "request_return"
    APPROVE_RETURN = "approve_return"
    REFUSE_RETURN = "refuse_return"
    DISPUTE = "dispute"
    RULE = "rule"
    REQUEST_EXTENSION = "request_extension"
    GRANT_EXTENSION = "grant_extension"
    REFUSE_EXTENSION = "refuse_extension"
    REQUEST_HOLD = "request_hold"
    GRANT_HOLD = "grant_hold"
    REFUSE_HOLD = "refuse_hold"
    END_HOLD = "end_hold"
    PASS_REPLY = "pass_reply"
    REJECT_REPLY = "reject_reply"
    CALL_BACK = "call_back"
    START_REWORK = "start_rework"
    RATE = "rate"
    CLOSE = "close"
    REOPEN = "reopen"
    ARCHIVE = "archive"
    WITHDRAW = "withdraw"
    INVALIDATE = "invalidate"
    SUPERVISE = "supervise"
    REMIND = "remind"
    NOTE = "note"


class DeliveryState(StrEnum):
    """UNKNOWN: a provider timed out and may have sent; never retried blindly."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
