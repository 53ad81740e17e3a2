"""When an article of the knowledge base may be given to residents. Pure."""

from datetime import date

from city.kit_types import Article


def withheld(article: Article, on: date) -> str | None:
    """Why residents are not given it on that day: stale (its review is over), unchecked (its source is 待核), or None.

    The day of the review itself still counts as reviewed.
    """
    if on > article.review_on:
        return "stale"
    return None if article.checked else "unchecked"
