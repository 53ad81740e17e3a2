"""The sample week's events: what its crowds become without anybody's help."""

from sqlalchemy import select

from dashboards.queries import events as event_queries
from nlu.clusters import Rules
from tests.hotline.conftest import WEEK_ENDS, Week
from tickets.store import table
from tickets.tables import DeliveryRow


def test_the_burst_main_is_the_hottest_event_and_was_warned_of_before_its_tenth_caller(week: Week) -> None:
    d = table(DeliveryRow)
    with week.database.reading() as session:
        first, *_ = event_queries.hot(session, WEEK_ENDS, Rules())
        found = event_queries.one(session, first.id, WEEK_ENDS, Rules())
        assert found is not None
        numbers = [line.no for line in found[1]]
        steps = list(session.execute(select(d.c.seq).where(d.c.seq < 0, d.c.ticket_no.in_(numbers))).scalars())
    assert (first.matter, first.street, first.place) == ("0601", "xietu", "大木桥路")
    assert first.n_callers >= 25
    assert {-3, -5, -8, -20} <= set(steps)


def test_the_storm_leaves_an_event_at_each_place_that_several_saw(week: Week) -> None:
    with week.database.reading() as session:
        found = event_queries.hot(session, WEEK_ENDS, Rules())
    storm = [one for one in found if one.matter in {"0303", "1101", "0603", "0207"} and one.n_merged]
    assert len({(one.matter, one.street, one.place) for one in storm}) >= 5


def test_the_week_ends_with_an_event_that_still_grows_and_has_warned(week: Week) -> None:
    with week.database.reading() as session:
        found = event_queries.hot(session, WEEK_ENDS, Rules())
    cut = next(one for one in found if (one.matter, one.place) == ("0603", "长桥二村"))
    assert cut.n_callers >= 6  # who speaks of sparks, or of the pump, is heard as something else
    assert (cut.street, cut.n_merged) == ("changqiao", 0)
    assert cut.warned > cut.noticed
    assert cut.growth.rate > cut.growth.rate_before
