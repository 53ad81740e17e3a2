"""Messages from a file through the running API, and the account of what became of each. Bounded; stops by itself."""

import json
import random
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import median, quantiles
from time import monotonic, perf_counter, sleep
from typing import Any

import httpx

from plumbing.errors import BadInput, HotlineError

OUTCOME_SECONDS = 120
_FACTS = ("place", "matter", "street", "name", "contact")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to send where. `per_second` None = as fast as `clients` go."""

    rows: Sequence[dict[str, Any]]
    url: str
    token: str
    channel: str
    clients: int
    per_second: float | None = None


def read(file: Path, *, limit: int | None = None) -> list[dict[str, Any]]:
    """Rows with id and text. Raises BadInput naming the line."""
    rows: list[dict[str, Any]] = []
    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if limit is not None and len(rows) >= limit:
                break
            try:
                row = json.loads(line)
            except json.JSONDecodeError:
                raise BadInput("BAD_JSON", f"{file.name} 第 {number} 行不是有效的 JSON。") from None
            if not isinstance(row, dict) or not isinstance(row.get("id"), str) or not isinstance(row.get("text"), str):
                raise BadInput("BAD_ROW", f"{file.name} 第 {number} 行缺少文字类型的 id 或 text。")
            rows.append(row)
    return rows


def from_corpus(file: Path, *, n: int, seed: int) -> list[dict[str, Any]]:
    """`n` messages drawn from a pack's corpus, each with its own id and an unassignable sender."""
    from nlu.corpus import read_corpus

    examples = read_corpus(file)
    chance = random.Random(seed)
    stamp = f"{chance.getrandbits(40):x}"
    return [
        {
            "id": f"sim-{stamp}-{number}",
            "text": chance.choice(examples).text,
            "sender": f"+861990000{chance.randrange(10_000):04d}",
        }
        for number in range(n)
    ]


def run(plan: Plan, *, tick: Callable[[], None] = lambda: None) -> dict[str, Any]:
    """Send every row, wait until each has its outcome, and count: n, outcomes, lost, doubled, times, rate."""
    headers = {"Authorization": f"Bearer {plan.token}"}
    with httpx.Client(base_url=plan.url, headers=headers, timeout=30, trust_env=False) as client:
        _require_service(client, plan.url)
        began = perf_counter()

        def send(pair: tuple[int, dict[str, Any]]) -> dict[str, Any]:
            index, row = pair
            if plan.per_second is not None:
                sleep(max(0.0, began + index / plan.per_second - perf_counter()))
            tick()
            return _send(client, plan.channel, row)

        with ThreadPoolExecutor(plan.clients) as pool:
            sent = list(pool.map(send, enumerate(plan.rows)))
        accepted_s = perf_counter() - began
        found = _outcomes(client, [one["receipt_no"] for one in sent if "receipt_no" in one])
        settled_s = perf_counter() - began
        waits = _waits(client, found)
    return _account(sent, found, waits) | {
        "accepted_per_s": round(len(sent) / accepted_s, 1),
        "settled_per_s": round(len(sent) / settled_s, 1),
        "seconds": round(settled_s, 2),
    }


def _require_service(client: httpx.Client, url: str) -> None:
    try:
        client.get("/healthz").raise_for_status()
    except httpx.HTTPError as error:
        raise HotlineError("NO_SERVICE", f"{url} 上没有运行中的服务（{type(error).__name__}）；请先启动。") from None


def _send(client: httpx.Client, channel: str, row: dict[str, Any]) -> dict[str, Any]:
    body = {
        "channel": channel,
        "external_id": row["id"],
        "sender": row.get("sender") or f"replay:{row['id']}",
        "text": row["text"],
        "facts": {name: row[name] for name in _FACTS if row.get(name)},
    }
    if row.get("occurred_at"):
        body["occurred_at"] = row["occurred_at"]
    at = perf_counter()
    answer = client.post("/api/v1/messages", json=body)
    took = (perf_counter() - at) * 1000
    content = answer.json()
    if answer.status_code != 202:
        return {"id": row["id"], "refused": f"{answer.status_code} {content.get('code')}"}
    return {"id": row["id"], "receipt_no": content["receipt_no"], "answer_ms": took}


def _outcomes(client: httpx.Client, numbers: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The receipts of `numbers`; those that stay pending too long are left pending."""
    found: dict[str, dict[str, Any]] = {}
    until = monotonic() + OUTCOME_SECONDS
    waiting = list(dict.fromkeys(numbers))
    while waiting and monotonic() < until:
        for number in list(waiting):
            receipt = client.get(f"/api/v1/messages/{number}").json()
            found[number] = receipt
            if receipt["outcome"] == "pending":
                sleep(0.2)
                break
            waiting.remove(number)
    return found


def _waits(client: httpx.Client, found: dict[str, dict[str, Any]]) -> dict[str, tuple[float | None, dict[str, Any]]]:
    """Per ticket: milliseconds from receipt to dispatch (None when not dispatched), and the ticket."""
    tickets = {no for receipt in found.values() for no in receipt["tickets"]}
    out: dict[str, tuple[float | None, dict[str, Any]]] = {}
    for number in sorted(tickets):
        answer = client.get(f"/api/v1/tickets/{number}")
        if answer.status_code != 200:
            raise HotlineError("NO_TICKET", f"工单{number}无法读取（{answer.status_code}）；令牌需要能查看工单。")
        ticket = answer.json()
        times = {event["kind"]: event["recorded_at"] for event in reversed(ticket["events"])}
        wait = None
        if "TicketDispatched" in times:
            span = datetime.fromisoformat(times["TicketDispatched"]) - datetime.fromisoformat(times["TicketOpened"])
            wait = span.total_seconds() * 1000
        out[number] = (wait, ticket)
    return out


def _account(
    sent: Sequence[dict[str, Any]],
    found: dict[str, dict[str, Any]],
    waits: dict[str, tuple[float | None, dict[str, Any]]],
) -> dict[str, Any]:
    numbers = [one["receipt_no"] for one in sent if "receipt_no" in one]
    lost = [no for no in numbers if found.get(no, {"outcome": "pending"})["outcome"] == "pending"]
    opened = Counter(no for receipt in found.values() for no in receipt["tickets"] if receipt["outcome"] == "opened")
    states = Counter(ticket["state"] for _, ticket in waits.values())
    unexplained = [
        no for no, (_, ticket) in waits.items() if ticket["state"] == "RECEIVED" and not ticket["triage_reason"]
    ]
    return {
        "n": len(sent),
        "refused": len(sent) - len(numbers),
        "lost": len(lost) + len(unexplained),
        "doubled": sum(count - 1 for count in opened.values() if count > 1) + len(numbers) - len(set(numbers)),
        "outcomes": dict(Counter(receipt["outcome"] for receipt in found.values())),
        "states": dict(states),
        "answer_ms": _spread([one["answer_ms"] for one in sent if "answer_ms" in one]),
        "dispatch_ms": _spread([wait for wait, _ in waits.values() if wait is not None]),
    }


def _spread(values: Sequence[float]) -> dict[str, float | int]:
    if len(values) < 2:
        return {"n": len(values)}
    return {
        "n": len(values),
        "p50": round(median(values), 2),
        "p99": round(quantiles(values, n=100, method="inclusive")[98], 2),
    }
