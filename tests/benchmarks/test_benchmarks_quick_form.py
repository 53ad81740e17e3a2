"""Each benchmark's quick form runs to its end and says what it promises; how fast is nobody's business here."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

Measure = Callable[..., dict[str, Any]]
Needs = Callable[[str], str]
WANTED = {
    "dispatch": {"ours", "reference", "calm_dispatch_ms", "states", "accepted_to_reference", "cpu_to_reference"},
    "sweep": {"open", "few", "many", "reference", "cpu_many_to_few", "cpu_many_to_reference"},
    "queue": {
        *("page_triage", "page_due", "page_all", "api_many", "api_few"),
        *("reference", "p50_to_reference"),
    },
}


def every_message_became_a_ticket(result: Any, n: int) -> None:
    assert sum(result["states"].values()) == n


def every_due_timer_fired(result: Any, n: int) -> None:
    assert result["open"] == {"few": n, "many": 2 * n}
    assert result["few"]["timers"]["median"] == result["many"]["timers"]["median"] == 2 * n


def every_page_was_full(result: Any, _n: int) -> None:
    assert result["page_all"]["bytes"]["min"] > result["page_triage"]["bytes"]["min"] > 1000


HOLDS = {"dispatch": every_message_became_a_ticket, "sweep": every_due_timer_fired, "queue": every_page_was_full}


@pytest.mark.parametrize("name", WANTED)
def test_the_quick_form_gives_every_figure_on_both_databases(name: str, measure: Measure, needs: Needs) -> None:
    needs("postgres")
    needs("valkey")
    found = measure(f"bench_{name}.py", "--quick")
    assert (found["benchmark"], found["quick"], found["rounds"]) == (name, True, 1)
    assert found["machine"].keys() == {"date", "cpu", "cores", "python", "system", "load"}
    assert found["results"].keys() == {"sqlite", "postgresql"}
    for result in found["results"].values():
        assert result.keys() == WANTED[name]
        assert all(isinstance(value, int | float) and value >= 0 for value in leaves(result))
        HOLDS[name](result, found["n"])


def leaves(value: Any) -> Iterator[Any]:
    """Every figure, however deep."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from leaves(inner)
    else:
        yield value
