"""Tests that deploy/ speaks of the program as it is: keys, paths, metrics, ports and times. Two nodes run as the manifests start
them, on one PostgreSQL.

ctest runs it and says where the program, the reader of YAML and the tests' PostgreSQL are.
"""
import json
import os
import random
import re
import shutil
import socket
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

import pods
from manifests import DEPLOY, ROOT, alerts, compose, effective, manifest, node_container, pod_spec, queries, read, run, settings

PROGRAM = os.environ["DEPLOY_TEST_PROGRAM"]
POSTGRES = os.environ["DEPLOY_TEST_POSTGRES"]
OVERLAYS = ("base", "gpu", "migration")

# The bounds of host::stop() beyond runtime.shutdown_grace_ms: 3 s for the drain's answer, 2 s for each door, 5 s for the term, 10 s
# for what is still to be written, 5 s to leave. And the promise: a drain takes 60 s in all (G6).
STOP_BEYOND_GRACE_S = 27
DRAIN_S_MAX = 60
# Placement refuses above this load; a lost zone of three makes 1.5 times as many for the others.
CEILING = 0.75


class Manifests(unittest.TestCase):
    def test_every_yaml_file_parses_and_says_what_it_is(self):
        files = [*DEPLOY.rglob("*.yaml"), *DEPLOY.rglob("*.yml")]
        self.assertGreater(len(files), 15)
        for path in files:
            documents = read(path)
            self.assertTrue(documents, path)
            if "kubernetes" in path.parts and path.suffix == ".yaml" and "values" not in path.name:
                for document in documents:
                    self.assertIn("apiVersion", document, path)
                    self.assertIn("kind", document, path)

    def test_every_file_that_a_kustomization_names_exists(self):
        for overlay in OVERLAYS:
            folder = DEPLOY / "kubernetes" / overlay
            wanted = read(folder / "kustomization.yaml")[0]
            names = wanted["resources"] + [patch["path"] for patch in wanted.get("patches", [])]
            names += [file for made in wanted.get("configMapGenerator", []) for file in made["files"]]
            for name in names:
                self.assertTrue((folder / name).exists(), f"{overlay}: {name}")

    @unittest.skipUnless(shutil.which("kubectl"), "there is no kubectl")
    def test_kustomize_builds_each_of_them(self):
        for overlay in OVERLAYS:
            outcome = run("kubectl", "kustomize", str(DEPLOY / "kubernetes" / overlay))
            self.assertEqual(outcome.returncode, 0, outcome.stderr)
            self.assertIn("image: registry.example.org/dhr:", outcome.stdout)

    def test_every_secret_that_a_pod_wants_is_in_the_example(self):
        example = {secret["metadata"]["name"]: secret["stringData"] for secret in read(DEPLOY / "kubernetes/secrets.example.yaml")}
        job = manifest("Job", "migration")["spec"]["template"]["spec"]
        for spec in (pod_spec(), job):
            for container in spec["containers"]:
                for entry in container.get("env", []):
                    if wanted := entry.get("valueFrom", {}).get("secretKeyRef"):
                        self.assertIn(wanted["key"], example[wanted["name"]])
            for volume in spec.get("volumes", []):
                if "secret" in volume:
                    self.assertIn(volume["secret"]["secretName"], example)
        mounts = {mount["mountPath"]: mount["name"] for mount in node_container()["volumeMounts"]}
        volumes = {volume["name"]: volume for volume in pod_spec()["volumes"]}
        for key in ("doors.access.keys_file", "cluster.tls.certificate", "cluster.tls.key", "cluster.tls.authority"):
            folder, _, name = settings()[key].rpartition("/")
            self.assertIn(name, example[volumes[mounts[folder]]["secret"]["secretName"]], key)
        self.assertIn(settings()["runtime.state_dir"], mounts)

    def test_no_pod_gets_variables_of_services_which_no_node_would_start_with(self):
        self.assertIs(pod_spec()["enableServiceLinks"], False)
        self.assertIs(manifest("Job", "migration")["spec"]["template"]["spec"]["enableServiceLinks"], False)

    def test_pods_run_without_root_and_cannot_write_to_their_image(self):
        user = int(re.search(r"^USER (\d+)", (DEPLOY / "Containerfile").read_text(), re.M)[1])
        for spec in (pod_spec(), manifest("Job", "migration")["spec"]["template"]["spec"]):
            self.assertTrue(spec["securityContext"]["runAsNonRoot"])
            self.assertEqual(spec["securityContext"]["runAsUser"], user)
            self.assertTrue(spec["containers"][0]["securityContext"]["readOnlyRootFilesystem"])
            self.assertFalse(spec["containers"][0]["securityContext"]["allowPrivilegeEscalation"])

    def test_ports_agree(self):
        ports = {port["name"]: port["containerPort"] for port in node_container()["ports"]}
        self.assertEqual(ports, {"http": settings()["doors.http.port"], "realtime": settings()["doors.realtime.port"],
                                 "link": settings()["cluster.link_port"]})
        advertised = next(entry["value"] for entry in node_container()["env"] if entry["name"] == "DHR_CLUSTER_ADVERTISE")
        self.assertTrue(advertised.endswith(f":{ports['link']}"))
        for service in read(DEPLOY / "kubernetes/base/services.yaml"):
            for port in service["spec"]["ports"]:
                self.assertEqual(port["port"], ports[port["targetPort"]], service["metadata"]["name"])
        rules = manifest("NetworkPolicy")["spec"]["ingress"]
        allowed = {port["port"]: "from" in rule for rule in rules for port in rule["ports"]}
        self.assertEqual(allowed, {ports["link"]: True, ports["http"]: False, ports["realtime"]: False})
        exposed = re.search(r"^EXPOSE (.*)", (DEPLOY / "Containerfile").read_text(), re.M)[1].split()
        self.assertEqual(sorted(map(int, exposed)), sorted(ports.values()))
        for name in ("node-1", "node-2", "node-3"):
            node = compose()["services"][name]
            self.assertEqual([int(port.split(":")[2]) for port in node["ports"]], [ports["http"]])
            self.assertEqual(node["environment"]["DHR_CLUSTER_ADVERTISE"], f"{name}:{ports['link']}")
        for target in read(DEPLOY / "monitoring/scrape_compose.yaml")[0]["scrape_configs"][0]["static_configs"][0]["targets"]:
            self.assertTrue(target.endswith(f":{ports['http']}"))

    def test_the_front_leads_to_the_nodes_doors_and_asks_them_whether_they_are_ready(self):
        front = (DEPLOY / "compose/front.cfg").read_text()
        doors = (settings()["doors.http.port"], settings()["doors.realtime.port"])
        for backend, port in zip(("pages", "realtimes"), doors):
            part = re.search(rf"^backend {backend}\n((?:  .*\n)+)", front, re.M)[1]
            self.assertEqual(re.findall(r"server (\S+) (\S+):(\d+)", part), [(f"node-{n}", f"node-{n}", str(port)) for n in (1, 2, 3)])
            self.assertEqual(re.search(r"httpchk GET (\S+)", part)[1], node_container()["readinessProbe"]["httpGet"]["path"])
            self.assertLessEqual({int(asked) for asked in re.findall(r" port (\d+)", part)}, {doors[0]})
        self.assertEqual([int(port) for port in re.findall(r"bind :(\d+)", front)], list(doors))
        # The page connects to the port that the node names, on the host that the browser knows.
        self.assertEqual([tuple(map(int, port.split(":")[1:])) for port in compose()["services"]["front"]["ports"]],
                         [(port, port) for port in doors])
        silence_s = int(re.search(r"timeout server (\d+)s", front)[1])
        self.assertGreater(silence_s * 1000, effective("runtime.turn_timeout_ms"))

    @unittest.skipUnless(shutil.which("haproxy"), "there is no haproxy")
    def test_haproxy_takes_the_front(self):
        outcome = run("haproxy", "-c", "-f", str(DEPLOY / "compose/front.cfg"))
        self.assertEqual(outcome.returncode, 0, outcome.stderr)

    @unittest.skipUnless(shutil.which("promtool"), "there is no promtool")
    def test_prometheus_takes_the_alerts(self):
        outcome = run("promtool", "check", "rules", str(DEPLOY / "monitoring/alerts.yaml"))
        self.assertEqual(outcome.returncode, 0, outcome.stderr)

    def test_every_image_has_a_version(self):
        images = [service["image"] for service in compose()["services"].values()]
        for overlay in OVERLAYS:
            images += [f"{image['newName']}:{image['newTag']}"
                       for image in read(DEPLOY / "kubernetes" / overlay / "kustomization.yaml")[0].get("images", [])]
        self.assertGreater(len(images), 8)
        for image in images:
            self.assertRegex(image, r":(?!latest)[\w.-]+$")

    def test_the_language_server_begins_before_its_node_and_ends_after_it(self):
        spec = manifest("StatefulSet", "gpu")["spec"]["template"]["spec"]
        (server,) = spec["initContainers"]
        self.assertEqual(server["restartPolicy"], "Always")  # else it is no sidecar, and no node ever starts
        self.assertNotIn("startupProbe", server)  # the node would wait for it; the fallback answers meanwhile
        port = next(entry["value"] for entry in spec["containers"][0]["env"] if entry["name"] == "DHR_CONVERSATION_SGLANG_BASE_URL")
        self.assertIn(f"--port={port.rpartition(':')[2]}", server["args"])
        self.assertTrue(spec["nodeSelector"])
        self.assertIn("nvidia.com/gpu", server["resources"]["limits"])

    def test_the_limits_of_one_key_do_not_fill_before_the_node(self):
        conversations = settings()["runtime.sessions_max"]
        for key, wanted in (("connections_max", conversations), ("turns_per_minute", 6 * conversations),
                            ("audio_bytes_per_minute", conversations * 24_000 * 2 * 60)):
            given = settings().get(f"doors.access.{key}", effective(f"doors.access.{key}"))
            self.assertTrue(given == 0 or given >= wanted, key)
        self.assertGreaterEqual(effective("doors.realtime.connections_max"), conversations)

    def test_a_node_is_given_the_time_that_its_drain_takes(self):
        grace_s = settings()["runtime.shutdown_grace_ms"] / 1000
        before_s = int(node_container()["lifecycle"]["preStop"]["exec"]["command"][1])
        drain_s = before_s + grace_s + STOP_BEYOND_GRACE_S
        self.assertLessEqual(drain_s, DRAIN_S_MAX)
        self.assertGreater(pod_spec()["terminationGracePeriodSeconds"], DRAIN_S_MAX)
        node = compose()["services"]["node-1"]
        self.assertLessEqual(int(node["environment"]["DHR_RUNTIME_SHUTDOWN_GRACE_MS"]) / 1000 + STOP_BEYOND_GRACE_S, DRAIN_S_MAX)
        self.assertGreater(int(node["stop_grace_period"].rstrip("s")), DRAIN_S_MAX)

    def test_what_may_be_taken_away_leaves_a_cluster(self):
        scaling = manifest("HorizontalPodAutoscaler")["spec"]
        budget = manifest("PodDisruptionBudget")["spec"]
        left = budget.get("minAvailable", scaling["minReplicas"] - budget.get("maxUnavailable", 0))
        self.assertLess(left, scaling["minReplicas"])
        self.assertGreaterEqual(left, 2)
        self.assertLessEqual(scaling["maxReplicas"], 50)  # docs/scale.md: one cell
        self.assertNotIn("replicas", manifest("StatefulSet")["spec"])

    def test_two_zones_of_three_hold_what_the_autoscaler_lets_three_have(self):
        sessions = next(metric["pods"] for metric in manifest("HorizontalPodAutoscaler")["spec"]["metrics"]
                        if metric["pods"]["metric"]["name"] == "digital_human_active_sessions")
        self.assertLessEqual(float(sessions["target"]["averageValue"]) * 1.5, CEILING * settings()["runtime.sessions_max"])

    def test_selectors_find_the_pods(self):
        labels = manifest("StatefulSet")["spec"]["template"]["metadata"]["labels"]
        for service in read(DEPLOY / "kubernetes/base/services.yaml"):
            self.assertLessEqual(service["spec"]["selector"].items(), labels.items())
        for kind, field in (("PodDisruptionBudget", "selector"), ("NetworkPolicy", "podSelector")):
            self.assertLessEqual(manifest(kind)["spec"][field]["matchLabels"].items(), labels.items())
        services = [service["metadata"]["name"] for service in read(DEPLOY / "kubernetes/base/services.yaml")]
        self.assertIn(manifest("StatefulSet")["spec"]["serviceName"], services)
        self.assertEqual(manifest("HorizontalPodAutoscaler")["spec"]["scaleTargetRef"]["name"],
                         manifest("StatefulSet")["metadata"]["name"])

    def test_the_autoscaler_counts_what_the_adapter_makes(self):
        made = {rule["name"]["as"] for rule in read(DEPLOY / "kubernetes/prometheus-adapter.values.yaml")[0]["rules"]["custom"]}
        counted = {metric["pods"]["metric"]["name"] for metric in manifest("HorizontalPodAutoscaler")["spec"]["metrics"]}
        self.assertEqual(counted, made)


class Settings(unittest.TestCase):
    def check(self, variables, *file):
        outcome = run(PROGRAM, "config", "check", *file, variables=variables)
        self.assertEqual(outcome.returncode, 0, outcome.stdout + outcome.stderr)

    def known(self, name="dhr-0"):
        return {"status.podIP": "10.1.2.3", "metadata.name": name, "metadata.namespace": "talk", "metadata.labels['topology.kubernetes.io/zone']": "",
                ("dhr-database", "url"): "postgresql://dhr:x@database.example.org/dhr"}

    def test_the_program_takes_what_the_pods_are_given(self):
        variables = pods.substituted(node_container(), self.known())
        self.check(variables, str(DEPLOY / "kubernetes/base/digital_human.yml"))

    def test_the_program_takes_what_the_pods_on_gpu_machines_are_given(self):
        patch = manifest("StatefulSet", "gpu")
        container = patch["spec"]["template"]["spec"]["containers"][0]
        self.assertEqual(container["name"], node_container()["name"])
        variables = pods.substituted(node_container(), self.known()) | pods.substituted(container, {})
        self.check(variables, str(DEPLOY / "kubernetes/base/digital_human.yml"))

    def test_the_program_takes_what_the_migration_is_given(self):
        self.check(pods.substituted(manifest("Job", "migration")["spec"]["template"]["spec"]["containers"][0], self.known()))

    def test_the_program_takes_what_the_composed_nodes_are_given(self):
        for name in ("node-1", "node-2", "node-3"):
            node = compose()["services"][name]
            self.assertEqual(node["environment"]["DHR_CLUSTER_NODE"], name)
            self.check(node["environment"] | {"DHR_STORE_POSTGRES_URL": "postgresql://dhr:x@database/dhr"})
            mounted = {f"/run/secrets/{secret}" for secret in node["secrets"]}
            wanted = {value for value in node["environment"].values() if value.startswith("/run/")}
            self.assertEqual(wanted, mounted)
            self.assertLessEqual(set(node["secrets"]), compose()["secrets"].keys())

    def test_a_variable_that_is_no_key_would_be_noticed(self):
        outcome = run(PROGRAM, "config", "check", variables={"DHR_CLUSTER_NODES": "3"})
        self.assertNotEqual(outcome.returncode, 0)


class Image(unittest.TestCase):
    def setUp(self):
        self.text = (DEPLOY / "Containerfile").read_text()

    @unittest.skipUnless(shutil.which("dpkg-query") and shutil.which("readelf"), "needs Debian's dpkg-query and readelf")
    def test_the_image_has_a_package_for_every_library_that_the_program_names(self):
        installed = set(re.search(r"no-install-recommends \\\n(.*?)&&", self.text.split("\nFROM ")[-1], re.S)[1].replace("\\", "").split())
        installed |= {"libc6", "libgcc-s1", "libstdc++6"}  # of debian:bookworm-slim itself
        deps = ROOT / ".deps"
        own = [*(deps / "llama/lib").glob("*.so"), *(deps / "sherpa/lib").glob("*.so")]
        self.assertTrue(own)
        named = {library for binary in (PROGRAM, *own)
                 for library in re.findall(r"\(NEEDED\).*\[(.*)\]", run("readelf", "--dynamic", str(binary)).stdout)}
        self.assertIn("libcaf_core.so.0.17.6", named)
        brought = {path.name for folder in ("llama/lib", "sherpa/lib") for path in (deps / folder).iterdir()}
        for library in sorted(named - brought):
            lines = run("dpkg-query", "--search", f"*/{library}").stdout.splitlines()
            owners = {line.split(":")[0] for line in lines}
            self.assertTrue(owners & installed, f"{library} is in {owners or 'no package'}, which the image lacks")

    def test_everything_that_is_copied_from_the_tree_exists(self):
        for path in re.findall(r"/opt/dhr/(\S+)", "\n".join(re.findall(r"^COPY --from=build .*", self.text, re.M))):
            if path.split("/")[0] != "build":
                self.assertTrue((ROOT / path).exists(), path)


class Documents(unittest.TestCase):
    def setUp(self):
        self.operations = (ROOT / "docs/operations.md").read_text()

    def anchors(self):
        headings = re.findall(r"^#+ (.*)$", self.operations, re.M)
        return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}

    def test_every_alert_leads_to_its_paragraph(self):
        names = [rule["alert"] for rule in alerts()]
        self.assertEqual(len(names), len(set(names)))
        for rule in alerts():
            page, _, anchor = rule["annotations"]["runbook"].partition("#")
            self.assertEqual(page, "docs/operations.md")
            self.assertEqual(anchor, rule["alert"].lower())
            self.assertIn(anchor, self.anchors())
            self.assertTrue(rule["annotations"]["summary"] and rule["annotations"]["description"])

    def test_every_paragraph_of_an_alert_has_its_alert(self):
        self.assertEqual(set(re.findall(r"^### (Dhr\w+)$", self.operations, re.M)), {rule["alert"] for rule in alerts()})

    def test_every_link_to_a_file_leads_to_one(self):
        for page in ("deploy/README.md", "docs/scale.md", "docs/operations.md"):
            for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", (ROOT / page).read_text()):
                self.assertTrue((ROOT / page).parent.joinpath(target).exists(), f"{page}: {target}")

    def test_the_dashboard_has_a_panel_for_each_promise(self):
        dashboard = json.loads((DEPLOY / "monitoring/dashboard.json").read_text())
        titles = [panel["title"] for panel in dashboard["panels"]]
        for number in range(1, 13):
            self.assertEqual(sum(title.startswith(f"G{number} ") for title in titles), 1, f"G{number}")
        self.assertEqual([panel["title"] for panel in dashboard["panels"] if panel["type"] == "row"],
                         ["Promises", "Conversations", "Nodes", "Turn latency", "Store and leases", "Links",
                          "Device workers"])


class Nodes(unittest.TestCase):
    """Two pods of the StatefulSet with their own ConfigMap, on one database that the migration has made."""

    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="dhr-deploy-test-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        made = run(str(DEPLOY / "compose/prepare"), str(cls.folder / "secrets"))
        if made.returncode != 0:
            raise AssertionError(made.stderr)
        cls.key = (cls.folder / "secrets/metrics_key").read_text().strip()
        cls.make_database()
        cls.migration = run(PROGRAM, *manifest("Job", "migration")["spec"]["template"]["spec"]["containers"][0]["args"],
                            variables={"DHR_STORE_KIND": "postgres", "DHR_STORE_POSTGRES_URL": cls.url})
        # Addresses on which nobody else has the link port.
        cls.block = f"127.{random.randrange(1, 255)}.{random.randrange(255)}"
        cls.pods = []
        for number in (1, 2):
            pod = cls.start(number)
            cls.pods.append(pod)
            cls.addClassCleanup(pod.end)
        for pod in cls.pods:
            pod.await_port()
        cls.metrics = cls.pods[0].get("/metrics")[1]

    @classmethod
    def make_database(cls):
        name = f"deploy_test_{os.getpid()}"
        psql = sorted(Path("/usr/lib/postgresql").glob("*/bin/psql"))[-1]
        server = f"postgresql:///postgres?user=dhr&host={POSTGRES}"
        done = run(str(psql), server, "--command", f"CREATE DATABASE {name} TEMPLATE template0")
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        cls.addClassCleanup(run, str(psql), server, "--command", f"DROP DATABASE {name} WITH (FORCE)")
        cls.url = f"postgresql:///{name}?user=dhr&host={POSTGRES}"

    @classmethod
    def start(cls, number):
        known = {"status.podIP": f"{cls.block}.{number}", "metadata.name": f"node-{number}", "metadata.namespace": "talk",
                 ("dhr-database", "url"): cls.url, "metadata.labels['topology.kubernetes.io/zone']": f"zone-{number}"}
        secrets = cls.folder / "secrets"
        mounted = {"DHR_DOORS_ACCESS_KEYS_FILE": str(secrets / "access_keys"),
                   # Nobody knows the pods' names here.
                   "DHR_CLUSTER_ADVERTISE": f"{cls.block}.{number}:9100",
                   "DHR_CLUSTER_TLS_CERTIFICATE": str(secrets / f"node-{number}.pem"),
                   "DHR_CLUSTER_TLS_KEY": str(secrets / f"node-{number}.key"),
                   "DHR_CLUSTER_TLS_AUTHORITY": str(secrets / "ca.pem")}
        arguments = [str(DEPLOY / "kubernetes/base/digital_human.yml") if argument.startswith("/etc/") else argument
                     for argument in node_container()["args"]]
        return pods.Pod(PROGRAM, arguments, pods.substituted(node_container(), known) | mounted, cls.folder / f"dhr-{number}")

    def test_the_migration_makes_the_tables(self):
        self.assertEqual(self.migration.returncode, 0, self.migration.stderr)
        self.assertIn("schema", self.migration.stdout)

    def test_the_paths_that_are_probed_answer(self):
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            path = node_container()[probe]["httpGet"]["path"]
            status, text = self.pods[0].get(path)
            self.assertEqual(status, 200, f"{path}: {text}")
        self.assertEqual(self.pods[0].get("/health/no_such_path")[0], 404)

    def test_the_nodes_find_each_other_over_tls(self):
        end = time.monotonic() + 30
        while time.monotonic() < end:
            texts = [pod.get("/metrics")[1] for pod in self.pods]
            if all("\ndigital_human_cluster_links 1\n" in text for text in texts):
                return
            time.sleep(0.2)
        self.fail("no link:\n" + self.pods[0].text() + self.pods[1].text())

    def test_every_metric_that_is_asked_for_exists(self):
        asked = list(queries())
        self.assertGreater(len(asked), 60)
        for where, expression in asked:
            for name in re.findall(r"\bdigital_human_\w+", expression):
                self.assertRegex(self.metrics, rf"(?m)^{name}[ {{]", f"{where}: {name}")

    def test_every_label_that_is_asked_for_exists(self):
        for where, expression in queries():
            for name, selector in re.findall(r"\b(digital_human_\w+)\{([^}]*)\}", expression):
                for label, operator, values in re.findall(r'(\w+)(!?=~?)"([^"]*)"', selector):
                    if label in ("job", "instance", "namespace", "pod"):
                        continue  # of the scrape
                    self.assertIn(operator, ("=", "=~"), where)
                    for value in values.split("|"):
                        self.assertRegex(self.metrics, rf'(?m)^{name}\{{[^}}]*{label}="{value}"', f"{where}: {label}={value}")
            for labels in re.findall(r"\bby \(([^)]*)\)", expression):
                for label in set(re.split(r", *", labels)) - {"job", "instance", "namespace", "pod", "<<.GroupBy>>"}:
                    self.assertRegex(self.metrics, rf'[{{,]{label}="', f"{where}: by {label}")

    def test_metrics_want_prometheus_key_from_other_machines(self):
        for place in ("compose", "kubernetes"):
            scrape = read(DEPLOY / f"monitoring/scrape_{place}.yaml")[0]["scrape_configs"][0]
            self.assertEqual(scrape["metrics_path"], "/metrics")
            self.assertEqual(scrape["job_name"], "dhr")
            self.assertIn("credentials_file", scrape["authorization"])
        address = own_address()
        if address is None:
            self.skipTest("this machine has no address but loopback")
        self.assertEqual(self.pods[0].get("/metrics", address=address)[0], 401)
        self.assertEqual(self.pods[0].get("/metrics", key=self.key, address=address)[0], 200)
        self.assertEqual(self.pods[0].get("/health/ready", address=address)[0], 200)

    def test_a_node_that_is_told_to_end_does_so_within_its_drain(self):
        pod = self.start(3)
        self.addCleanup(pod.end)
        pod.await_port()
        self.assertEqual(pod.terminate(DRAIN_S_MAX), 0, pod.text())


def own_address():
    """An address of this machine that is not loopback; asks nobody."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            address = probe.getsockname()[0]
        except OSError:
            return None
    return None if address.startswith("127.") else address


if __name__ == "__main__":
    unittest.main()
