"""Make the virtual environment of this checkout, `.venv`, from hashed requirements.

Run as a script, with nothing but the standard library, by whatever Python the machine has. Written
so that an old Python 3 can read it, to say in one line what is missing.
"""

import contextlib
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
COMPILE = """
import compileall, re, sys, sysconfig
skipped = re.compile("/pulumi_aws/(?!(%s)/)[^/]+/" % "|".join(sys.argv[1:]))
compileall.compile_dir(sysconfig.get_paths()["purelib"], quiet=2, rx=skipped)
"""
"""To compile all but most of pulumi-aws: its 250 services take half of an installation's time, and
the program uses ten of them."""
NEWER = ("python3.11", "python3.12", "python3.13", "python3.14")


def main(arguments):
    # type: (list[str]) -> int
    """Install requirements.txt (with --dev requirements-dev.txt) unless that was done already."""
    if sys.version_info[:2] < OLDEST:
        return _use_a_newer_python(arguments)
    name = "requirements-dev.txt" if "--dev" in arguments else "requirements.txt"
    stamp = VENV / ("ok-dev" if "--dev" in arguments else "ok")
    wanted = hashlib.sha256((ROOT / name).read_bytes()).hexdigest()
    with _one_at_a_time():
        if _usable() and stamp.is_file() and stamp.read_text() == wanted:
            os.utime(str(stamp))
            return 0
        return _install(name, stamp, wanted)


def _install(name, stamp, wanted):
    # type: (str, Path, str) -> int
    began = time.monotonic()
    python = VENV / "bin" / "python"
    if not _usable():
        print("setup: making the virtual environment .venv", flush=True)
        shutil.rmtree(str(VENV), ignore_errors=True)
        if subprocess.call([sys.executable, "-m", "venv", str(VENV)]) != 0:
            shutil.rmtree(str(VENV), ignore_errors=True)
            return _refuse(
                "setup: this Python cannot make a virtual environment: "
                "install its venv module (Debian and Ubuntu: apt install python3-venv)"
            )
    count = sum("==" in line for line in (ROOT / name).read_text().splitlines())
    print("setup: installing %d pinned packages from %s" % (count, name), flush=True)
    command = [str(python), "-m", "pip", "install", "--disable-pip-version-check"]
    command += [
        "--no-compile",
        "--require-hashes",
        "--no-deps",
        "--progress-bar",
        "off",
        "-r",
        str(ROOT / name),
    ]
    status = _show_progress(command, count)
    if status != 0:
        return _refuse("setup: pip could not install %s (its words are above)" % name)
    subprocess.call([str(python), "-c", COMPILE] + sorted(_services()))  # noqa: RUF005
    stamp.write_text(wanted)
    print("setup: installed in %.0f s" % (time.monotonic() - began), flush=True)
    return 0


def _services():
    # type: () -> set[str]
    """Find the services of pulumi_aws that the program names: `aws.kms.Key`."""
    found = {"config"}
    for path in (ROOT / "infra").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        found.update(re.findall(r"\baws\.([a-z0-9]+)\b", text))
        for names in re.findall(r"from pulumi_aws import \(?([\w, \n]+)", text):
            found.update(re.findall(r"\w+", names))
    return found


def _show_progress(command, count):
    # type: (list[str], int) -> int
    """Run pip: one moving line of progress in a terminal, a line each ten packages elsewhere."""
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True
    )
    terminal = sys.stdout.isatty()
    lines = []  # type: list[str]
    done = 0
    assert process.stdout is not None
    for raw in process.stdout:
        line = raw.rstrip()
        lines.append(line)
        if line.startswith(("Collecting ", "Requirement already satisfied")):
            done += 1
            if terminal:
                package = line.split()[-1 if line.startswith("Collecting") else 3].split("==")[0]
                print("\r\033[Ksetup: %d of %d %s" % (done, count, package), end="", flush=True)
            elif done % 10 == 0:
                print("setup: fetched %d of %d" % (done, count), flush=True)
        elif line.startswith("Installing collected packages"):
            text = "setup: unpacking (pulumi-aws alone is 270 MB)"
            print(("\r\033[K" if terminal else "") + text, flush=True)
    status = process.wait()
    if status != 0:
        print("\n".join(lines[-12:]), file=sys.stderr)
    return status


def _usable():
    # type: () -> bool
    """Whether .venv has a Python that starts: an upgrade of the system's Python breaks the link."""
    python = VENV / "bin" / "python"
    code = "import sys; sys.exit(sys.version_info[:2] < (3, 11))"
    with contextlib.suppress(OSError):
        return subprocess.call([str(python), "-c", code], stderr=subprocess.DEVNULL) == 0
    return False


@contextlib.contextmanager
def _one_at_a_time():  # type: ignore[no-untyped-def]
    """Hold a lock on this checkout: two targets started at once must not install twice."""
    import fcntl

    state = ROOT / ".state"
    state.mkdir(exist_ok=True)
    with (state / "setup.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _use_a_newer_python(arguments):
    # type: (list[str]) -> int
    for name in NEWER:
        path = shutil.which(name)
        if path and subprocess.call([path, "-c", ""], stderr=subprocess.DEVNULL) == 0:
            os.execv(path, [path, str(Path(__file__).resolve())] + arguments)  # noqa: RUF005, S606
    return _refuse(
        "setup: Python 3.11 or newer is needed and this is %d.%d: "
        "install one, then run `make PYTHON=/path/to/python3.11 ...`" % sys.version_info[:2]
    )


def _refuse(text):
    # type: (str) -> int
    sys.stderr.write(text + "\n")
    return 3


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
