#!/bin/bash
# examples/prometheus/alerts.yml and examples/grafana/dashboard.json: Prometheus' own tool takes the rules, they fire
# when they should, and whatever is asked for is a metric that docs/metrics.md has (which has what the programs show).
. "$(dirname "$0")/../../support/scenario.sh"
promtool=$MAIL_PARTS/prometheus/usr/bin/promtool
need python3 "$promtool"

cp "$MAIL_SOURCE/examples/prometheus/alerts.yml" "$(dirname "$0")/alerts_test.yml" "$WORK"
cd "$WORK"

check "promtool takes the rules" bash -c "'$promtool' check rules alerts.yml >rules.log 2>&1"
check "all of them" grep -q "SUCCESS: $(grep -c '^ *- alert:' alerts.yml) rules found" rules.log
check "they fire when they should, and not before" bash -c "'$promtool' test rules alerts_test.yml >fired.log 2>&1"

python3 - "$MAIL_SOURCE" <<'LOOK' || fail "a name that is no metric"
import json, pathlib, re, sys
root = pathlib.Path(sys.argv[1])
page = re.findall(r"^\| `(post\w+)` \| (\w+) \|", (root / "docs/metrics.md").read_text(), re.M)
known = {name for name, _ in page} | {name + "_bucket" for name, kind in page if kind == "histogram"}
dashboard = json.loads((root / "examples/grafana/dashboard.json").read_text())
queries = {"dashboard": [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]],
           "alerts": re.findall(r"^ *expr: (.*)$", (root / "examples/prometheus/alerts.yml").read_text(), re.M)}
ids = [panel["id"] for panel in dashboard["panels"]]
assert len(set(ids)) == len(ids) and len(ids) > 10, ids
for where, expressions in queries.items():
    assert expressions, where
    for expression in expressions:
        names = set(re.findall(r"\bpost(?:office|master|man)_\w+", expression))
        assert names, (where, expression)
        assert names <= known, (where, names - known)
with open("dashboard.yml", "w") as rules:  # as rules, so that promtool reads each query
    print("groups:\n- name: dashboard\n  rules:", file=rules)
    for number, expression in enumerate(queries["dashboard"]):
        print(f"  - record: query:{number}\n    expr: {json.dumps(expression)}", file=rules)
LOOK
check "Prometheus takes each query of the dashboard" bash -c "'$promtool' check rules dashboard.yml >queries.log 2>&1"
say "each query of rules and dashboard names metrics that there are"
