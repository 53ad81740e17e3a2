"""Which articles of the knowledge base answer a message. Pure.

Retrieval by matter and by the words that each article names; the engines of understanding do better on long texts, but
an operator wants the three likely ones at once, with their review dates.
"""

from collections.abc import Iterable

from city.kit_types import Article

_MATTER, _PARENT, _WORD = 3.0, 1.0, 1.0


def related(articles: Iterable[Article], text: str, *, matter: str | None, most: int = 3) -> tuple[Article, ...]:
    """Up to `most` articles, the likeliest first; none when neither matter nor words speak for any."""
    scored = [(_score(article, text, matter), article) for article in articles]
    found = sorted((one for one in scored if one[0] > 0), key=lambda one: (-one[0], one[1].code))
    return tuple(article for _, article in found[:most])


def _score(article: Article, text: str, matter: str | None) -> float:
    score = sum(_WORD for word in article.words if word in text)
    if matter is None:
        return score
    if matter in article.matters:
        return score + _MATTER
    return score + (
        _PARENT if any(matter.startswith(code) or code.startswith(matter) for code in article.matters) else 0
    )
