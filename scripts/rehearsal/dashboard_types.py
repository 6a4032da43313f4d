"""Reads a dashboard with the types of Grafana's own SDK and writes it again: what they do not know is lost on the way.

    dashboard_types.py DASHBOARD
"""

import json
import sys

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard


def lost(before, after, place):
    """Where something that stands in `before` is not in `after`."""
    if isinstance(before, dict):
        for key, value in before.items():
            if key not in after:
                yield f"{place}.{key}"
            else:
                yield from lost(value, after[key], f"{place}.{key}")
    elif isinstance(before, list):
        for index, value in enumerate(before):
            yield from lost(value, after[index], f"{place}[{index}]")
    elif before != after:
        yield place


with open(sys.argv[1], encoding="utf-8") as file:
    dashboard = json.load(file)
after = json.loads(JSONEncoder().encode(Dashboard.from_json(dashboard)))
if places := list(lost(dashboard, after, "dashboard")):
    sys.exit(f"unknown to Grafana: {places}")
print(f"{len(after['panels'])} panels")
