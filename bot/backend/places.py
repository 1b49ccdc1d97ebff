"""How far two places are from each other."""

from __future__ import annotations

import math

_EARTH_RADIUS_M = 6_371_000


def distance_m(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> int:
    """Metres along the earth's surface; on foot it is more.

    >>> distance_m(30.6570, 104.0658, 30.6570, 104.0658)
    0
    >>> 18_000 < distance_m(30.5723, 104.0665, 30.7378, 104.0665) < 19_000
    True
    """
    here, there = math.radians(latitude), math.radians(other_latitude)
    up, along = there - here, math.radians(other_longitude - longitude)
    chord = math.sin(up / 2) ** 2 + math.cos(here) * math.cos(there) * math.sin(along / 2) ** 2
    return round(2 * _EARTH_RADIUS_M * math.asin(math.sqrt(min(1.0, chord))))
