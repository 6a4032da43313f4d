"""Asks a Prometheus every query of a Grafana dashboard, as Grafana would ask it.

    dashboard_queries.py DASHBOARD PROMETHEUS-URL

Prints a line for each panel: how many series its queries have. Exit code 1 if a query is refused, or if one gives
nothing that should.
"""

import json
import sys
import urllib.error
import urllib.parse
import urllib.request

# Nothing is refused while all is well.
MAY_BE_EMPTY = {"Answers that are not 200, by status"}
VARIABLES = {"$job": ".*", "$instance": ".*", "$__rate_interval": "20s"}


def ask(url, query):
    for name, value in VARIABLES.items():
        query = query.replace(name, value)
    try:
        with urllib.request.urlopen(f"{url}/api/v1/query?" + urllib.parse.urlencode({"query": query})) as answer:
            return json.load(answer)["data"]["result"]
    except urllib.error.HTTPError as error:
        sys.exit(f"{query}: {json.load(error)['error']}")


def main(path, url):
    with open(path, encoding="utf-8") as file:
        dashboard = json.load(file)
    # The variables are filled from the values of labels.
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "query":
            metric = variable["query"]["query"].removeprefix("label_values(").rsplit(",", 1)[0]
            if not ask(url, metric):
                sys.exit(f"variable {variable['name']}: {metric} has no series")
    empty = 0
    for panel in dashboard["panels"]:
        series = [len(ask(url, target["expr"])) for target in panel["targets"]]
        print(f"{panel['title']}: {' + '.join(map(str, series))} series")
        empty += 0 in series and panel["title"] not in MAY_BE_EMPTY
    if empty:
        sys.exit(f"{empty} panels have queries that give nothing")


main(*sys.argv[1:])
