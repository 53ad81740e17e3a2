"""Whether the heat index ranks events as the public's own votes do: messages of the 2020 Teddy Cup (C) of $HOTLINE_DATA.

    HOTLINE_DATA=... python -m benchmarks.heat

The 4,326 messages hold times and votes (likes, dislikes), and no caller: every message counts as a caller of its own.
They are gathered by the same pure rules as tickets, the heat of each event is taken at the moment of its last message,
and compared with the votes of its messages by Spearman's rank correlation. Nothing is kept.
"""

import json
import os
from collections import defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from nlu.alike import Sketch, keys, sketch
from nlu.clusters import Candidate, Rules, choose
from nlu.heat import Heard, frail, heat
from tickets.types import Urgency

MOST = 60
SHANGHAI = ZoneInfo("Asia/Shanghai")
RESAMPLES = 1000
RULES = Rules(window=timedelta(days=60), half_life=timedelta(days=7))
"""A forum's events last for weeks: the window and the half-life are longer than a hotline's."""


def main() -> None:
    """Print the figures as JSON."""
    rows = _rows(Path(os.environ["HOTLINE_DATA"]) / "teddy2020_hot.jsonl")
    events = [event for event in gathered(rows) if len(event) >= 3]
    votes = [sum(rows[at]["votes"] for at in event) for event in events]
    hot = [_heat([rows[at] for at in event]) for event in events]
    sizes = [len(event) for event in events]
    print(
        json.dumps(
            {
                "messages": len(rows),
                "events of 3 and more": len(events),
                "messages in them": sum(sizes),
                "largest": sorted(sizes, reverse=True)[:10],
                "spearman of heat and votes": spearman(hot, votes),
                "spearman of size and votes": spearman(sizes, votes),
            }
        )
    )


def gathered(rows: list[dict[str, Any]]) -> list[list[int]]:
    """Indexes of messages by event, every message put where the rules put it when it came."""
    sketches: list[Sketch] = [row["sketch"] for row in rows]
    blocks: dict[str, list[int]] = defaultdict(list)
    cluster_of: dict[int, str] = {}
    for at, new in enumerate(sketches):
        mine = keys(new)
        shared: dict[int, int] = defaultdict(int)
        for key in mine:
            for other in blocks[key][-MOST * 4 :]:
                if new.at - sketches[other].at <= RULES.window:
                    shared[other] += 1
            blocks[key].append(at)
        near = sorted(shared, key=lambda other: (-shared[other], -other))[:MOST]
        found = choose(
            new,
            [Candidate(ticket_no=str(o), cluster=cluster_of.get(o), sketch=sketches[o]) for o in near],
            rules=RULES,
        )
        if found is not None:
            into = found.cluster or found.with_no
            cluster_of[int(found.with_no)] = cluster_of[at] = into
    events: dict[str, list[int]] = defaultdict(list)
    for at, cluster in sorted(cluster_of.items()):
        events[cluster].append(at)
    return list(events.values())


def _heat(told: list[dict[str, Any]]) -> float:
    heard = [
        Heard(at=row["at"], caller=row["id"], urgency=Urgency.ROUTINE, street=None, frail=frail(row["text"]))
        for row in told
    ]
    return heat(heard, max(row["at"] for row in told), RULES).index


def spearman(a: list[Any], b: list[Any]) -> list[float]:
    """Spearman's rank correlation with a 95 % interval of resampled events."""
    x, y = np.array(a, dtype=float), np.array(b, dtype=float)
    rng = np.random.default_rng(12345)
    drawn = [_rho(x[pick], y[pick]) for pick in rng.integers(0, len(x), (RESAMPLES, len(x)))]
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    return [round(float(value), 3) for value in (_rho(x, y), low, high)]


def _rho(x: Any, y: Any) -> float:
    from scipy.stats import spearmanr

    return float(spearmanr(x, y).statistic)


def _rows(file: Path) -> list[dict[str, Any]]:
    out = []
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            at = datetime.strptime(row["time"].replace("-", "/"), "%Y/%m/%d %H:%M:%S").replace(tzinfo=SHANGHAI)
            text = f"{row['title']}。{row['text']}"
            votes = int(row["likes"]) + int(row["dislikes"])
            out.append({"id": row["id"], "at": at, "text": text, "votes": votes, "sketch": sketch(text, at=at)})
    return sorted(out, key=lambda row: (row["at"], row["id"]))


if __name__ == "__main__":
    main()
