#!/usr/bin/env bash
# The alert rules and the dashboard of examples/deploy: promtool, and a real Prometheus that scrapes a real server.
. scripts/rehearsal/common.sh

rules=examples/deploy/prometheus-rules.yaml
dashboard=examples/deploy/grafana-dashboard.json
promtool check rules "$rules" > "$work/promtool.log" 2>&1 || { cat "$work/promtool.log" >&2; fail "promtool check rules"; }
proof "alert rules" "promtool check rules" "$(sed -n 's/.*SUCCESS: //p' "$work/promtool.log")"
sed 's/sum by (instance) (rate/sum by (instance) (rat/' "$rules" > "$work/wrong.yaml"
refuses "… and promtool would see a wrong one" "unknown function" promtool check rules "$work/wrong.yaml"
promtool test rules examples/deploy/prometheus-rules-test.yaml > "$work/promtool.log" 2>&1 \
    || { cat "$work/promtool.log" >&2; fail "promtool test rules"; }
proof "alerts go off when they should, and only then" "promtool test rules" "$(grep -c 'alertname:' examples/deploy/prometheus-rules-test.yaml) cases"

proof "dashboard: Grafana's own types know all of it" "dashboard_types.py" \
    "$("$work/grafana/bin/python" scripts/rehearsal/dashboard_types.py "$dashboard")"
sed 's/"fieldConfig"/"fieldConfigs"/' "$dashboard" > "$work/wrong.json"
refuses "… and they would see a wrong one" "unknown to Grafana" \
    "$work/grafana/bin/python" scripts/rehearsal/dashboard_types.py "$work/wrong.json"

prefix=$work/served
mkdir -p "$prefix/model" && cp examples/diabetes/model.cbor "$prefix/model/"
target/static/x86_64/sagelet serve --host 127.0.0.1 --port 8383 --prefix "$prefix" > "$work/monitored.log" 2>&1 &
server=$!
cat > "$work/prometheus.yaml" <<YAML
global: {scrape_interval: 1s}
scrape_configs:
  - {job_name: sagelet, static_configs: [{targets: ["127.0.0.1:8383"]}]}
YAML
rm -rf "$work/prometheus"
prometheus --config.file="$work/prometheus.yaml" --storage.tsdb.path="$work/prometheus" \
    --web.listen-address=127.0.0.1:9191 > "$work/prometheus.log" 2>&1 &
prometheus=$!
trap 'kill "$server" "$prometheus" 2> /dev/null || true' EXIT
until_true curl --silent --fail 127.0.0.1:8383/ping || fail "the server does not serve"
until_true curl --silent --fail 127.0.0.1:9191/-/ready || { cat "$work/prometheus.log" >&2; fail "Prometheus did not start"; }
invoke() {
    curl --silent --output /dev/null --data-binary @examples/diabetes/payload.csv -H 'Content-Type: text/csv' 127.0.0.1:8383/invocations
}
# Rates need two scrapes with requests in between.
scraped() {
    invoke
    python3 scripts/rehearsal/dashboard_queries.py "$dashboard" http://127.0.0.1:9191
}
until_true scraped || { scraped >&2 || true; fail "the queries of the dashboard"; }
scraped > "$work/dashboard.log"
proof "dashboard: its queries have answers" "Prometheus scrapes sagelet" "$(grep -c series "$work/dashboard.log") panels"
sed 's/sagelet_rows_total/sagelet_row_total/' "$dashboard" > "$work/wrong.json"
refuses "… and a wrong name would be seen" "give nothing" \
    python3 scripts/rehearsal/dashboard_queries.py "$work/wrong.json" http://127.0.0.1:9191
