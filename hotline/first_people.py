"""Who can sign in after the first start."""

from tickets.types import Role

FIRST_PEOPLE: tuple[tuple[str, str, frozenset[Role], str | None], ...] = (
    ("admin", "系统管理员", frozenset({Role.ADMIN}), None),
    ("operator", "接线员甲", frozenset({Role.OPERATOR, Role.CENTRE}), "hotline"),
    ("dispatcher", "派单员甲", frozenset({Role.DISPATCHER, Role.OPERATOR}), None),
    ("callback", "回访员甲", frozenset({Role.CALLBACK}), None),
    ("supervisor", "督查员甲", frozenset({Role.SUPERVISOR}), "ducha"),
    ("chair", "联席会议召集人", frozenset({Role.CHAIR}), "lxhy"),
    ("leader", "区领导", frozenset({Role.LEADER}), None),
    ("tianping", "天平路街道回应中心", frozenset({Role.CENTRE}), "centre_tianping"),
    ("xietu", "斜土路街道回应中心", frozenset({Role.CENTRE}), "centre_xietu"),
    ("scjg", "市场监管局", frozenset({Role.CENTRE}), "scjg"),
)
"""Sign-ins made at the first start; passwords are random and shown once."""
