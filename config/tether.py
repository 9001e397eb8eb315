"""Commands that end with the process that has started them, however it ends.

Between fork and exec nothing of ours may run: in a process with threads a `preexec_fn` can wait for ever for a lock
that one of them held. So a process of its own asks the kernel and then becomes the command, which takes some 20 ms:

    python tether.py OWNER SIGNAL USER COMMAND...
"""

import ctypes
import os
import pwd
import signal
import sys
from collections.abc import Sequence

PR_SET_PDEATHSIG = 1


def tethered(command: Sequence[str], *, signum: signal.Signals, user: str = "") -> list[str]:
    """The command line of `command`, run as `user`, to which Linux sends `signum` when this process ends.

    To be exact, when the *thread* that starts it ends. Elsewhere no signal comes.
    """
    return [sys.executable, "-IS", __file__, str(os.getpid()), str(int(signum)), user, *command]


def become(owner: int, signum: int, user: str, command: list[str]) -> None:
    if user:  # before the kernel is asked, for it forgets when the user changes
        account = pwd.getpwnam(user)
        os.setgroups([])  # What root's group may not enter stays closed to the user too.
        os.setgid(account.pw_gid)
        os.setuid(account.pw_uid)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signum)
    if os.getppid() != owner:
        sys.exit("Its owner has ended already.")
    for ignored in (signal.SIGPIPE, signal.SIGXFSZ):  # by Python, and so by whatever it becomes
        signal.signal(ignored, signal.SIG_DFL)
    os.execvp(command[0], command)  # noqa: S606 - our own command lines


if __name__ == "__main__":
    become(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:])
