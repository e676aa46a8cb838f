"""Tests what the set-up decides, offline: each case runs the functions of tools/setup.d in an empty folder with a made-up PATH.

    python3 tests/tools/setup_test.py
"""
import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REAL_COMMANDS = ("bash cat cut cp date df dirname flock grep ls mkdir mv nproc paste rm sed sha256sum sleep sort tail tar "
                 "touch tr uname xargs env").split()


class Sandbox(unittest.TestCase):
    def setUp(self):
        self.root = Path(tempfile.mkdtemp(prefix="dhr-setup-test-"))
        self.addCleanup(shutil.rmtree, self.root)
        self.bin = self.root / "bin"
        self.bin.mkdir()
        for command in REAL_COMMANDS:
            (self.bin / command).symlink_to(shutil.which(command))
        shutil.copytree(ROOT / "tools", self.root / "tools")
        self.fake("id", "echo 1000")
        self.fake("apt-get", "exit 1")
        self.fake("node", "echo v18.20.4")
        self.fake("npm", "exit 0")
        self.installed([])

    def fake(self, command, body):
        path = self.bin / command
        path.unlink(missing_ok=True)
        path.write_text(f"#!{shutil.which('bash')}\n{body}\n")
        path.chmod(0o755)

    def without(self, command):
        (self.bin / command).unlink()

    def installed(self, packages):
        """Makes dpkg-query know these packages; it knows all others as removed or not at all, as the real one does."""
        lines = [f"echo 'installed {package}'" for package in packages]
        self.fake("dpkg-query", "\n".join(lines + ["echo 'config-files catch2-old'", "exit 1"]))

    def bash(self, script, **variables):
        settings = {"for_tests": "no", "skip_system_packages": "no", **variables}
        head = f"set -euo pipefail\nroot={self.root}\n" + "".join(f"{k}={v}\n" for k, v in settings.items())
        head += """
            for part in paths progress stamps machine registry system_packages steps; do source "$root/tools/setup.d/$part.sh"; done
            source "$root/tools/versions.sh"
            mkdir -p "$logs" "$stamps" "$work" "$downloads"
        """
        return subprocess.run([shutil.which("bash"), "-c", head + script], capture_output=True, text=True, timeout=30,
                              env={"PATH": str(self.bin)}, stdin=subprocess.DEVNULL)

    def output(self, script, **variables):
        result = self.bash(script, **variables)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        return result.stdout.strip()

    def complaint(self, script, **variables):
        result = self.bash(script, **variables)
        self.assertNotEqual(result.returncode, 0, result.stdout + result.stderr)
        return result.stderr


STEP = """
    steps=(cake)
    title_cake() { echo "a cake"; }
    inputs_cake() { cat "$root/recipe"; }
    products_cake() { echo "$root/cake"; }
    step_cake() { echo baking; cat "$root/recipe" >>"$root/cake"; }
"""


class Stamps(Sandbox):
    def setUp(self):
        super().setUp()
        self.recipe = self.root / "recipe"
        self.recipe.write_text("flour\n")

    def run_cake(self, change=""):
        return self.output(STEP + change + "run_step cake")

    def test_a_step_is_run_once(self):
        self.assertRegex(self.run_cake(), r"^\[1/1\] a cake … \d+ s$")
        self.assertEqual(self.run_cake(), "[1/1] a cake … there")
        self.assertEqual((self.root / "cake").read_text(), "flour\n")

    def test_a_changed_input_runs_it_again(self):
        self.run_cake()
        self.recipe.write_text("sugar\n")
        self.run_cake()
        self.assertEqual((self.root / "cake").read_text(), "flour\nsugar\n")

    def test_a_changed_step_runs_it_again(self):
        self.run_cake()
        self.run_cake('step_cake() { echo icing >>"$root/cake"; }\n')
        self.assertEqual((self.root / "cake").read_text(), "flour\nicing\n")

    def test_a_lost_product_runs_it_again(self):
        self.run_cake()
        (self.root / "cake").unlink()
        self.assertNotIn("there", self.run_cake())

    def test_a_failed_step_leaves_no_stamp_and_shows_its_last_words(self):
        error = self.complaint(STEP + "step_cake() { echo oven is cold; false; echo not reached; }\nrun_step cake")
        self.assertIn("oven is cold", error)
        self.assertNotIn("not reached", error)
        self.assertIn("The set-up stopped at: a cake.", error)
        self.assertIn(".deps/logs/cake.log", error)
        self.assertFalse((self.root / ".deps/stamps/cake").exists())
        self.assertNotIn("there", self.run_cake())

    def test_a_step_that_makes_nothing_has_failed(self):
        error = self.complaint(STEP + "step_cake() { true; }\nrun_step cake")
        self.assertIn("did not make", error)
        self.assertFalse((self.root / ".deps/stamps/cake").exists())

    def test_a_redone_step_that_is_killed_is_not_taken_for_done(self):
        self.run_cake()
        self.recipe.write_text("sugar\n")
        self.complaint(STEP + "step_cake() { kill -KILL $BASHPID; }\nrun_step cake")
        self.recipe.write_text("flour\n")
        self.assertNotIn("there", self.run_cake())

    def test_a_step_beside_others_is_finished_later(self):
        lines = self.output(STEP + """
            steps=(cake tea); title_tea() { echo tea; }; inputs_tea() { echo; }; products_tea() { echo "$root/tea"; }
            step_tea() { touch "$root/tea"; }
            start_step cake; run_step tea; finish_step cake""").splitlines()
        self.assertRegex(lines[0], r"^\[1/2\] tea")
        self.assertRegex(lines[1], r"^\[2/2\] a cake … \d+ s$")

    def test_steps_under_way_end_with_the_setup(self):
        self.output(STEP + """
            step_cake() { trap 'touch "$root/ended"; exit 1' TERM; touch "$root/begun"; sleep 20 & wait; }
            trap stop_steps EXIT
            start_step cake
            until [[ -e $root/begun ]]; do sleep 0.05; done
            pid=${step_pid[cake]}
            stop_steps
            wait "$pid" || true""")
        self.assertTrue((self.root / "ended").exists())

    def test_only_pending_steps_count_as_pending(self):
        self.assertEqual(self.output(STEP + "any_step_pending cake program && echo yes"), "yes")
        self.run_cake()
        self.assertEqual(self.output(STEP + "any_step_pending cake program || echo no"), "no")

    def test_replace_folder_leaves_only_the_new_one(self):
        self.output("""
            mkdir -p "$root/new" "$root/place/old-content"; touch "$root/new/content"
            replace_folder "$root/new" "$root/place" """)
        self.assertEqual([p.name for p in (self.root / "place").iterdir()], ["content"])
        self.assertFalse((self.root / "new").exists() or (self.root / "place.old").exists())


class DebianPackages(Sandbox):
    def all_packages(self, **variables):
        return self.output("wanted_packages", **variables).split()

    def test_with_all_installed_nothing_is_missing_and_no_root_is_needed(self):
        self.installed(self.all_packages())
        self.assertEqual(self.output("missing_packages"), "")
        self.output("step_is_done system")

    def test_missing_packages_are_named_in_one_line(self):
        self.installed(set(self.all_packages()) - {"libsoxr-dev", "catch2"})
        self.assertEqual(self.output("missing_packages"), "libsoxr-dev catch2")

    def test_node_is_taken_from_debian_only_where_path_has_none(self):
        self.assertNotIn("nodejs", self.all_packages())
        self.fake("node", "echo v16.1.0")
        self.assertIn("nodejs", self.all_packages())
        self.without("node")
        self.assertIn("npm", self.all_packages())

    def test_chromium_is_for_the_tests_only(self):
        self.assertNotIn("chromium", self.all_packages())
        self.assertIn("chromium", self.all_packages(for_tests="yes"))

    def test_without_root_and_sudo_the_exact_line_is_told(self):
        self.installed(set(self.all_packages()) - {"libcaf-dev", "catch2"})
        error = self.complaint("acquire_root")
        self.assertIn("apt-get update && apt-get install --yes --no-install-recommends libcaf-dev catch2\n", error)
        self.assertIn("no sudo", error)

    def test_a_refusing_sudo_ends_in_the_same_line(self):
        self.fake("sudo", "exit 1")
        error = self.complaint("acquire_root")
        self.assertIn("apt-get install --yes --no-install-recommends build-essential cmake", error)

    def test_root_and_a_willing_sudo_are_enough(self):
        self.fake("sudo", "exit 0")
        self.output("acquire_root")
        self.without("sudo")
        self.fake("id", "echo 0")
        self.output("acquire_root")

    def test_elsewhere_than_on_debian_it_says_what_is_supported(self):
        self.without("apt-get")
        error = self.complaint("acquire_root")
        self.assertIn("Debian 12 on x86-64", error)
        self.assertIn("--skip-system-packages", error)

    def test_the_user_may_answer_for_the_packages(self):
        self.without("dpkg-query")
        self.output("step_is_done system", skip_system_packages="yes")


class Clients(Sandbox):
    def test_public_clients_are_for_the_tests_only(self):
        self.assertNotIn("clients", self.output('echo "${steps[@]}"').split())
        self.assertIn("clients", self.output('echo "${steps[@]}"', for_tests="yes").split())


class Machine(Sandbox):
    def test_a_small_disk_is_refused_with_both_numbers(self):
        self.fake("df", "echo Avail; echo 2500000")
        self.assertRegex(self.complaint("check_disk"), r"Only 2 GB are free .* wants 6 GB")

    def test_a_large_disk_is_accepted(self):
        self.fake("df", "echo Avail; echo 12500000")
        self.output("check_disk")

    def test_another_architecture_is_refused(self):
        self.fake("uname", '[[ $1 == -m ]] && echo aarch64 || echo Linux')
        self.assertIn("Linux on aarch64", self.complaint("check_machine"))

    def test_an_old_node_is_refused_with_its_version(self):
        self.fake("node", "echo v16.20.2")
        self.assertIn("of version 16", self.complaint("check_node"))

    def test_the_oldest_supported_node_is_accepted(self):
        self.output("check_node")

    def test_at_least_one_compiler_runs(self):
        self.fake("nproc", "echo 1")
        self.assertEqual(self.output("build_jobs"), "1")

    def test_durations_read_well(self):
        self.assertEqual(self.output("duration_text 59; echo; duration_text 200"), "59 s\n3 min 20 s")


class Registry(Sandbox):
    FETCH = 'fetch thing 1.0 thing-1.0-py3-none-any.whl '

    def fake_pip(self, body):
        python = self.root / ".deps/venv/bin/python"
        python.parent.mkdir(parents=True)
        python.write_text(f'#!{shutil.which("bash")}\n{body}\n')
        python.chmod(0o755)

    def test_a_silent_registry_is_named_with_what_its_client_heeds(self):
        self.fake_pip("echo 'Temporary failure in name resolution'; exit 1")
        error = self.complaint(STEP + f"inputs_cake() {{ echo; }}\nstep_cake() {{ {self.FETCH} 00; }}\nrun_step cake")
        self.assertIn("Temporary failure in name resolution", error)
        self.assertIn("PIP_INDEX_URL", error)
        self.assertNotIn("npm heeds", error)

    def test_a_file_with_another_checksum_is_refused(self):
        self.fake_pip('while [[ $1 != --dest ]]; do shift; done; echo other >"$2/thing-1.0-py3-none-any.whl"')
        result = self.bash(self.FETCH + "0" * 64)
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("SHA-256", result.stdout)
        self.assertFalse((self.root / ".deps/downloads/thing-1.0-py3-none-any.whl").exists())

    def test_a_whole_file_is_kept_and_a_kept_file_is_not_fetched_again(self):
        self.fake_pip('while [[ $1 != --dest ]]; do shift; done; echo good >"$2/thing-1.0-py3-none-any.whl"; echo x >>"$0.calls"')
        for _ in range(2):
            self.output(self.FETCH + hashlib.sha256(b"good\n").hexdigest())
        self.assertEqual((self.root / ".deps/venv/bin/python.calls").read_text(), "x\n")


class Scripts(unittest.TestCase):
    def call(self, *command):
        return subprocess.run(command, capture_output=True, text=True, timeout=30, cwd=ROOT)

    def test_help_is_given_by_each_script(self):
        for script in ("./run", "./test", "tools/setup"):
            result = self.call(script, "--help")
            self.assertEqual(result.returncode, 0)
            self.assertRegex(result.stdout, rf"^usage: {re.escape(script)} ")

    def test_an_unknown_option_is_refused_with_the_usage(self):
        for script in ("./run", "./test", "tools/setup"):
            result = self.call(script, "--fastest")
            self.assertEqual(result.returncode, 2)
            self.assertIn("usage:", result.stderr)


class Versions(unittest.TestCase):
    def test_each_file_name_holds_its_pinned_version(self):
        text = (ROOT / "tools/versions.sh").read_text()
        versions = dict(re.findall(r"^(\w+)_version=(\S+)", text, re.M))
        files = dict(re.findall(r"^(\w+)_file=(\S+)", text, re.M))
        sums = dict(re.findall(r"^(\w+)_sha256=([0-9a-f]{64})$", text, re.M))
        self.assertGreaterEqual(len(versions), 6)
        self.assertEqual(versions.keys(), files.keys())
        self.assertEqual(versions.keys(), sums.keys())
        for name, version in versions.items():
            self.assertIn(f"-{version}", files[name])

    def test_javascript_packages_are_pinned_and_no_registry_is_named(self):
        for folder in ("web", "tests/clients"):
            manifest = json.loads((ROOT / folder / "package.json").read_text())
            for version in {**manifest["dependencies"], **manifest.get("devDependencies", {})}.values():
                self.assertRegex(version, r"^\d+\.\d+\.\d+$")
            self.assertNotIn('"resolved"', (ROOT / folder / "package-lock.json").read_text())


if __name__ == "__main__":
    os.umask(0o022)
    unittest.main()
