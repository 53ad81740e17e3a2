"""What a message says beside matter and place: times, money, people, needs, mood, party. Pure.

from nlu.said import hear

hear(understanding.text, message.received_at)
"""

from datetime import datetime

from nlu import features, figures
from nlu.demands import demands
from nlu.mood import feelings, mood
from nlu.needs import needs
from nlu.parties import party
from nlu.times import times
from tickets.said import Said


def hear(text: str, at: datetime) -> Said:
    """What a normalised and masked text says; `at`, with a zone, is when it was said. Never raises for a strange text.

    Looks at the first features.MOST_CHARACTERS characters. `tags` are not filled here: they take a city's list.
    """
    text = text[: features.MOST_CHARACTERS]
    felt = feelings(text)
    return Said(
        times=times(text, at),
        amounts=figures.amounts(text),
        people=figures.people(text),
        needs=needs(text),
        feelings=felt,
        mood=mood(felt, text),
        party=party(text),
        demands=demands(text),
    )
