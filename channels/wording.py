"""The wording of a channel: one text file each in its `templates/`, with ${names} to fill in."""

from functools import cache
from importlib.resources import files
from string import Template


def wording(channel: str, name: str, **values: str) -> str:
    """The text `name` of `channel`, filled in. Raises KeyError for a name without a value."""
    return _template(channel, name).substitute(values)


@cache
def _template(channel: str, name: str) -> Template:
    path = files("channels") / channel / "templates" / f"{name}.txt"
    return Template(path.read_text(encoding="utf-8").strip())
