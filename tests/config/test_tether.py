"""What a command finds when it has been tied to whoever starts it."""

from __future__ import annotations

import json
import os
import pwd
import signal
import subprocess
import sys

from config.tether import tethered

ASK = """
import ctypes, json, os
asked = ctypes.c_int()
ctypes.CDLL(None).prctl(2, ctypes.byref(asked))  # PR_GET_PDEATHSIG
print(json.dumps([asked.value, os.getuid(), os.environ["WORD"]]))
"""


def run(command: list[str], **options: str) -> subprocess.CompletedProcess[str]:
    tied = tethered(command, signum=signal.SIGTERM, **options)
    return subprocess.run(tied, env=os.environ | {"WORD": "kept"}, capture_output=True, text=True, check=False)


def test_the_command_takes_its_place() -> None:
    code = "import sys; print(sys.argv[1:]); sys.exit(3)"
    done = run([sys.executable, "-c", code, "-c", "two words"])
    assert (done.returncode, done.stdout) == (3, "['-c', 'two words']\n")


def test_one_whose_owner_has_ended_never_starts() -> None:
    tied = tethered(["echo", "started"], signum=signal.SIGTERM)
    orphan = subprocess.run([*tied[:3], "1", *tied[4:]], capture_output=True, text=True, check=False)
    assert (orphan.returncode, orphan.stdout, orphan.stderr) == (1, "", "Its owner has ended already.\n")


def test_what_python_ignores_the_command_heeds() -> None:
    shown = run(["/bin/sh", "-c", "kill -PIPE $$; echo still here"])
    assert (shown.returncode, shown.stdout) == (-signal.SIGPIPE, "")


if sys.platform == "linux":  # the only system that tells children of their parent's death

    def test_the_kernel_is_asked_for_the_signal() -> None:
        found = json.loads(run([sys.executable, "-c", ASK]).stdout)
        assert found == [signal.SIGTERM, os.getuid(), "kept"]


if os.geteuid() == 0:  # who else can lend an account?

    def test_with_an_account_comes_none_of_roots_groups() -> None:
        nobody = pwd.getpwnam("nobody")
        done = run(["/usr/bin/env", "sh", "-c", "id -u; id -G"], user="nobody")
        assert done.stdout.split() == [str(nobody.pw_uid), str(nobody.pw_gid)]
