"""What stands in deploy/, read for the tests."""
import json
import os
import subprocess
from pathlib import Path

import pods

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
READER = os.environ["DEPLOY_TEST_YAML"]  # yaml_to_json


def run(*command, variables=None, **options):
    return subprocess.run(command, env=pods.clean_environment(variables or {}), capture_output=True, text=True, timeout=60,
                          **options)


def read(path):
    outcome = run(READER, str(path))
    if outcome.returncode != 0:
        raise AssertionError(outcome.stderr)
    return json.loads(outcome.stdout)


def manifest(kind, folder="base"):
    found = [document for path in sorted((DEPLOY / "kubernetes" / folder).glob("*.yaml")) for document in read(path)
             if document.get("kind") == kind]
    if len(found) != 1:
        raise AssertionError(f"{len(found)} manifests of the kind {kind} in {folder}")
    return found[0]


def pod_spec():
    return manifest("StatefulSet")["spec"]["template"]["spec"]


def node_container():
    return pod_spec()["containers"][0]


def compose():
    return read(DEPLOY / "compose/compose.yaml")[0]


def flat(tree, path=""):
    for key, value in tree.items():
        name = f"{path}.{key}" if path else key
        if isinstance(value, dict):
            yield from flat(value, name)
        else:
            yield name, value


def settings():
    """What the ConfigMap sets, by the keys' paths."""
    return dict(flat(read(DEPLOY / "kubernetes/base/digital_human.yml")[0]["digital_human"]))


def effective(key):
    """What the ConfigMap leaves at its default, or sets."""
    defaults = dict(flat(read(ROOT / "config/digital_human.yml")[0]["digital_human"]))
    return settings().get(key, defaults[key])


def queries():
    """Every expression that asks for metrics, and where it stands."""
    dashboard = json.loads((DEPLOY / "monitoring/dashboard.json").read_text())
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            yield f"panel '{panel['title']}'", target["expr"]
    for variable in dashboard["templating"]["list"]:
        yield f"variable '{variable['name']}'", variable.get("definition", "")
    for rule in alerts():
        yield f"alert {rule['alert']}", rule["expr"]
    for rule in read(DEPLOY / "kubernetes/prometheus-adapter.values.yaml")[0]["rules"]["custom"]:
        series = rule["seriesQuery"]
        yield "an adapter's rule", series
        yield "an adapter's rule", rule["metricsQuery"].replace("<<.Series>>", series.partition("{")[0])


def alerts():
    return [rule for group in read(DEPLOY / "monitoring/alerts.yaml")[0]["groups"] for rule in group["rules"]]
