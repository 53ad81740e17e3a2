"""routing check | replay | explain and sla explain: why a ticket went there, and why then."""

import json
from typing import Annotated, Any

import typer

from plumbing import config as configuration
from plumbing.errors import NotFound

routing = typer.Typer(help="派单", no_args_is_help=True)
sla = typer.Typer(help="时限", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON")]


@routing.command("check")
def check(as_json: AsJson = False) -> None:
    """在库的责任清单：每个事项在每个街道是否恰有一家主办单位。"""
    from hotline import dry_run

    found = dry_run.holes(_runtime())
    _echo([one.plain() for one in found], as_json=as_json, lines=[one.sentence for one in found])
    raise typer.Exit(1 if found else 0)


@routing.command("replay")
def replay(
    limit: Annotated[int, typer.Option(help="最近多少张工单", min=1, max=100_000)] = 1000, as_json: AsJson = False
) -> None:
    """用当前清单与先例重新派一遍最近的工单，列出去向会改变的。"""
    from hotline import dry_run

    changed, n = dry_run.replay(_runtime(), limit=limit)
    body = {"n": n, "changed": [one.plain() for one in changed]}
    _echo(body, as_json=as_json, lines=[one.sentence for one in changed] + [f"共{n}张，{len(changed)}张会改变去向。"])


@routing.command("explain")
def explain(text: str, as_json: AsJson = False) -> None:
    """一段话会派给谁，为什么。"""
    from hotline import decide
    from nlu import guard
    from routing.case import Circumstances
    from routing.route import route

    runtime = _runtime()
    understanding = runtime.reference.brain.parse_many([text])[0]
    danger = understanding.danger
    directory = runtime.reference.now().directory
    given = Circumstances(
        party_unit=decide.party_of(understanding, directory), call=guard.call(danger) if danger else None
    )
    body = decide.decided(route(understanding, directory, given=given))
    body["understanding"] = decide.understood(understanding, "")
    lines = [body["sentence"]]
    lines += [
        f"  {item['row']} → {item['unit'] or '—'}：{item['reason']}"
        for item in body["candidates"] + body["suggestions"]
    ]
    _echo(body, as_json=as_json, lines=lines)


@sla.command("explain")
def explain_clocks(ticket_no: str, as_json: AsJson = False) -> None:
    """一张工单的每个时钟：从何时起、按哪条规则、为何是这个时限。"""
    from hotline import record
    from sla import rules
    from sla import store as sla_store
    from tickets import store as ticket_store

    runtime = _runtime()
    with runtime.database.reading() as session:
        events = ticket_store.events_of(session, ticket_no)
        clocks = sla_store.load_clocks(session, [ticket_no])[ticket_no]
    if not events:
        raise NotFound("NO_TICKET", f"没有编号为{ticket_no}的工单。")
    policy, calendar = record.versions_of(clocks, runtime.reference.now())
    said = {
        clock.id: rules.explain(clock, events, policy=policy, calendar=calendar)
        for clock in sorted(clocks.values(), key=lambda clock: (clock.started_at, clock.id))
    }
    _echo(said, as_json=as_json, lines=[line for id_, lines in said.items() for line in (f"[{id_}]", *lines)])


def _runtime() -> Any:
    from hotline.runtime import build

    return build(configuration.load(), nudge=False)


def _echo(body: Any, *, as_json: bool, lines: list[str]) -> None:
    if as_json:
        typer.echo(json.dumps(body, ensure_ascii=False, default=str))
        return
    for line in lines:
        typer.echo(line)
