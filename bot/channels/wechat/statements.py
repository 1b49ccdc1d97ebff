"""The statements of the way that every message takes, built once: building one takes SQLAlchemy longer than SQLite takes for it.

Where a value is also a column's, the parameter that finds the row begins with `this_`.
"""

from __future__ import annotations

import sqlalchemy as sa

from bot.channels.wechat.store import deliveries, grants

_this_number = deliveries.c.number == sa.bindparam("this_number")
_this_openid = deliveries.c.openid == sa.bindparam("this_openid")
_this_key = deliveries.c.delivery_key == sa.bindparam("this_key")
_is_open = sa.or_(deliveries.c.state == "accepted", deliveries.c.state == "running")


def _sets(*names: str) -> dict[str, sa.sql.elements.BindParameter]:
    return {name: sa.bindparam(name, type_=deliveries.c[name].type) for name in names}


# Nearly every nonce is new: one statement, where looking first would take two. Both databases read it.
NEW_NONCE = sa.text(
    "INSERT INTO wechat_nonces (nonce, delivery_key, seen, uses) VALUES (:nonce, :delivery_key, :seen, 1) ON CONFLICT DO NOTHING"
)
# One look for both questions: was it delivered before, and is anything of this openid's still open?
KNOWN_OR_OPEN = sa.select(deliveries).where(sa.or_(_this_key, sa.and_(_this_openid, _is_open)))
ONE_MORE_TRY = sa.update(deliveries).where(_this_key).values(tries=deliveries.c.tries + 1)
NEW_DELIVERY = sa.insert(deliveries)
GRANTED = (
    sa.update(grants)
    .where(grants.c.openid == sa.bindparam("this_openid"), grants.c.kind == sa.bindparam("this_kind"))
    .values(until=sa.bindparam("until"), remaining=sa.bindparam("remaining"))
)

OLDEST_OPEN = sa.select(deliveries).where(_this_openid, _is_open).order_by(deliveries.c.number).limit(1)
BEGUN = sa.update(deliveries).where(_this_number).values(state="running", **_sets("runner", "lease_until"))

WAY_OF = sa.select(deliveries.c.way).where(_this_number)
_waits = sa.and_(deliveries.c.way == "waiting", deliveries.c.state == "answered")
WAITING = sa.select(deliveries).where(_this_openid, _waits).order_by(deliveries.c.number)
OPEN_OR_WAITING = sa.select(deliveries).where(_this_openid, sa.or_(_is_open, _waits)).order_by(deliveries.c.number)
_ANSWERED = sa.update(deliveries).where(_this_number)
_answered = {"state": "answered", "incoming": None, "lease_until": None, **_sets("answer")}
# Another process may settle the way at the same moment, so it is written only where this one settles it.
ANSWERED = _ANSWERED.values(**_answered)
ANSWERED_AND_CLAIMED = _ANSWERED.values(**_answered, way="passive")
ANSWERED_WITH_NOTHING = _ANSWERED.values(**_answered, way="passive", reply="")
GIVEN = sa.update(deliveries).where(_this_number).values(way="passive", **_sets("reply", "answer"))
