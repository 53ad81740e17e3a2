"""A small city that is whole, and workbooks as officials make them."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from city.new_pack import new_pack

Book = Callable[..., Path]
ROWS = {
    "units.csv": (
        "code,name,kind,street,parent,aliases,from_date,to_date,note\n"
        "hotline,12345热线,hotline,,,,,,\n"
        "ducha,督查室,office,,,,,,\n"
        "c_east,东街中心,centre,east,,,,,\n"
        "c_west,西街中心,centre,west,,,,,\n"
        "cg,城管局,department,,,城管|执法局,,,老单位\n"
        "old,旧局,department,,,,,2026-07-01,\n"
        "old,新局,department,,,,2026-07-01,,\n"
    ),
    "streets.csv": "code,name,aliases,centre\neast,东街街道,东街,c_east\nwest,西街街道,,c_west\n",
    "matters.csv": "code,name,parent,keywords\n01,市容,,\n0101,占道,01,摊贩|夜市\n0102,垃圾,01,\n",
    "duties.csv": (
        "id,matter,area,lead,supports,fallback,when,basis,checked,from_date,to_date\n"
        "A,0101,*,'@centre,cg,cg,,待核,no,2026-01-01,\n"
        "B,0102,*,cg,,@centre,,待核,no,2026-01-01,\n"
    ),
    "places.csv": "name,kind,streets,aliases\n东路,road,east,\n界路,road,east|west,边界路\n",
    "posts.csv": (
        "code,unit,name,matters,decides,from_date,to_date\nhotline_paidan,hotline,派单岗,,,,\n"
        "hotline_zhiban,hotline,值班长,,,,\nducha_lingdao,ducha,领导岗,,,,\n"
    ),
    "mappings.csv": "scheme,ours,theirs,theirs_name,way\nbeijing,0101,BJ11,占道经营,both\nbeijing,0101,BJ12,游商,from\n",
}


@pytest.fixture
def small_city(tmp_path: Path) -> Path:
    """A pack of two streets without errors."""
    folder = tmp_path / "small"
    new_pack(folder, "small", title="小城", on=date(2026, 11, 26))
    for name, text in ROWS.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """`book("x.xlsx", rows)` -> a workbook with one sheet of those rows; `change(sheet, workbook)` alters it before it
    is saved."""

    def make(
        name: str,
        rows: Iterable[Sequence[Any]],
        *,
        title: str = "表",
        change: Callable[[Any, Any], object] = lambda _sheet, _workbook: None,
    ) -> Path:
        from openpyxl import Workbook

        workbook = Workbook()
        sheet = workbook.active
        sheet.title = title
        for row in rows:
            sheet.append(row)
        change(sheet, workbook)
        workbook.save(tmp_path / name)
        return tmp_path / name

    return make
