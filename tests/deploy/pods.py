"""Starts the program as a manifest would, on this machine: the StatefulSet's environment and the ConfigMap's file, with loopback
addresses in place of the pods' and secrets of the test's own."""
import os
import re
import signal
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

# What a test does without: models that take seconds to load. And any ports are as good as the doors' own, which may be taken.
LIGHT = {"DHR_CONVERSATION_ENGINE": "scripted", "DHR_VOICE_NAME": "tone", "DHR_EARS_TRANSCRIPTION": "none",
         "DHR_DOORS_HTTP_PORT": "0", "DHR_DOORS_REALTIME_PORT": "0"}
START_S_MAX = 60


def substituted(container, known):
    """The environment of a container: plain values, and what `known` says of field references and secrets."""
    variables = {}
    for entry in container.get("env", []):
        source = entry.get("valueFrom", {})
        if "fieldRef" in source:
            value = known[source["fieldRef"]["fieldPath"]]
        elif "secretKeyRef" in source:
            value = known[source["secretKeyRef"]["name"], source["secretKeyRef"]["key"]]
        else:
            value = entry["value"]
        variables[entry["name"]] = re.sub(r"\$\((\w+)\)", lambda found: variables[found[1]], value)
    return variables


def clean_environment(variables):
    """Without settings of whoever runs the test."""
    return {key: value for key, value in os.environ.items() if not key.startswith("DHR_") and key != "MODEL"} | variables


def get(url, key=None):
    """Status and text; status 0: nobody answered."""
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {key}"} if key else {})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()
    except OSError:
        return 0, ""


class Pod:
    def __init__(self, program, arguments, variables, folder):
        folder.mkdir()
        self.log = folder / "log"
        variables = variables | LIGHT | {"DHR_RUNTIME_STATE_DIR": str(folder / "state")}
        with open(self.log, "w") as log:
            self.process = subprocess.Popen([program, *arguments], env=clean_environment(variables), stdout=log, stderr=log,
                                            stdin=subprocess.DEVNULL)

    def text(self):
        return Path(self.log).read_text()

    def await_port(self):
        end = time.monotonic() + START_S_MAX
        while time.monotonic() < end and self.process.poll() is None:
            if found := re.search(r"^page +http://[\d.]+:(\d+)/", self.text(), re.M):
                self.port = int(found[1])
                return
            time.sleep(0.1)
        raise AssertionError("the node did not start:\n" + self.text())

    def get(self, path, key=None, address="127.0.0.1"):
        return get(f"http://{address}:{self.port}{path}", key)

    def terminate(self, patience_s):
        """The exit status after SIGTERM."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=patience_s)

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
