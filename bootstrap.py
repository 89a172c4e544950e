"""Sets everything up and starts it: `python3 bootstrap.py run`, with nothing but Python 3.11.

`make run` and `run.cmd` only call this file. It makes `.venv` beside itself, installs the locked
packages by their hashes, and starts what was asked for. The second time nothing is installed: a
stamp in `.venv` names the Python and the locks that are in place, and an interrupted install
leaves no stamp.

The program itself is not built or installed: a path file in `.venv` names this folder, and
`python -m kiosk.cli` runs it from here. So setting up needs no build backend and a change of the
code is there at once. The path is relative, for two reasons: the folder may be moved, and its name
may have Vietnamese letters that a path file cannot carry on every Windows.

A folder `wheelhouse` beside this file replaces the network (`pip download` fills it).

Only the standard library, and syntax that Python 3.8 can read: an old Python must get a sentence.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import sysconfig

ROOT = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(ROOT, ".venv")
STAMP = os.path.join(VENV, "kiosk-setup.json")
WHEELHOUSE = os.path.join(ROOT, "wheelhouse")
WINDOWS = os.name == "nt"
BIN = os.path.join(VENV, "Scripts" if WINDOWS else "bin")
PYTHON = os.path.join(BIN, "python.exe" if WINDOWS else "python")

RUN_LOCK = "requirements.lock"
DEV_LOCK = "requirements-dev.lock"

#: Tests and this file agree on this name. Not `KIOSK_…`: the program refuses settings it does not
#: know.
BROWSER = "BROWSER_FOR_TESTS"

VERBS = {
    "run": "the real plan with invented people, on this laptop",
    "test": "style, types, import contracts, then every test (needs a browser)",
    "test-unit": "the rules alone, in seconds",
    "test-quick": "every test without a browser",
    "lint": "style of code and pages, import contracts",
    "types": "mypy",
    "fix": "put right what ruff can put right by itself",
    "bench": "the figures, as a table",
    "rehearse": "a whole simulated day over HTTP",
    "vendor-check": "the carried browser files are the ones we chose",
    "setup": "only install (with --dev: the tools of development too)",
    "browser": "say which browser the tests would drive",
}


class Stop(Exception):
    """A sentence for a person, and exit code 1."""


def main(arguments: list[str]) -> int:
    if sys.version_info < (3, 11):  # noqa: UP036 (this is where an old Python is told so)
        raise Stop(
            f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}. "
            "On Debian 12 or newer: apt install python3 python3-venv"
        )
    verb, rest = (arguments[0] if arguments else ""), arguments[1:]
    if verb in {"", "-h", "--help", "help"}:
        say("python3 bootstrap.py VERB [arguments]\n")
        for name, words in VERBS.items():
            say(f"  {name:<13} {words}")
        return 0 if verb else 2
    if verb not in VERBS:
        say(f"unknown verb {verb!r}; one of: {', '.join(VERBS)}", to_error=True)
        return 2
    return perform(verb, rest)


def perform(verb: str, rest: list[str]) -> int:
    """Set up what the verb needs and do it; a last step takes the place of this process."""
    if verb == "browser":
        say(browser(may_install=False))
        return 0
    if verb == "vendor-check":
        return last([sys.executable, os.path.join(ROOT, "tools", "vendor.py"), "--check", *rest])
    set_up(RUN_LOCK if verb in PROGRAM or (verb == "setup" and "--dev" not in rest) else DEV_LOCK)
    if verb == "setup":
        say(f"Ready: {os.path.join(BIN, 'kiosk')}")
        return 0
    if verb in PROGRAM:
        # Where the person stands decides which instance folder is meant, as for `kiosk` itself.
        return last([PYTHON, "-m", "kiosk.cli", PROGRAM[verb], *rest])
    os.chdir(ROOT)
    if verb == "test":
        # The browser first: the end of all tests is no moment to learn that it is missing.
        os.environ[BROWSER] = browser(may_install=True)
    for steps in STEPS.get(verb, ()):
        failed = every(steps)
        if failed:
            return failed
    return last(command_of(verb, rest)) if verb in LAST else 0


# -- what the tools are called with ------------------------------------------------------------

# `python -m` throughout: the scripts of a virtual environment hold its old path after a move.
LINT = (
    ("ruff", "check", "--quiet", "."),
    ("ruff", "format", "--check", "--quiet", "."),
    ("djlint", "kiosk/templates", "--lint", "--quiet"),
    ("importlinter.cli",),
)
TYPES = (("mypy", "--no-error-summary"), ("mypy", "--no-error-summary", "bootstrap.py", "tools"))
FIX = (("ruff", "check", "--fix", "--quiet", "."), ("ruff", "format", "--quiet", "."))

#: What comes first, and what the verb itself is.
STEPS = {"test": (LINT, TYPES), "lint": (LINT,), "types": (TYPES,), "fix": (FIX,)}
LAST = {
    "test": ["pytest"],
    "test-unit": ["pytest", "tests/unit"],
    "test-quick": ["pytest", "-m", "not browser and not slow"],
    "bench": ["benchmarks"],
}
PROGRAM = {"run": "demo", "rehearse": "rehearse"}

# import-linter has no `python -m`; its console script is this one call.
_CONTRACTS = "from importlinter.cli import lint_imports_command as run; run()"


def every(steps: tuple[tuple[str, ...], ...]) -> int:
    """Run every step, also after one that failed; the first failure's exit code, or 0."""
    failed = 0
    for step in steps:
        code = ["-c", _CONTRACTS, "--no-logo"] if step[0] == "importlinter.cli" else ["-m", *step]
        got = subprocess.run([PYTHON, *code], env=environment(), check=False).returncode
        if got:
            say(f"failed: {' '.join(step)}", to_error=True)
        failed = failed or got
    return failed


def command_of(verb: str, rest: list[str]) -> list[str]:
    """The last command of a verb."""
    module, *chosen = LAST[verb]
    if verb in {"test", "test-quick"}:
        # A file stays in one worker, so that its server and its browser are started once.
        chosen += ["-n", str(max(2, min(4, os.cpu_count() or 2))), "--dist", "loadfile"]
    return [PYTHON, "-m", module, *chosen, *rest]


# -- setting up --------------------------------------------------------------------------------


def set_up(lock: str) -> None:
    """`.venv` with the packages of one lock; instant when they are there already."""
    wanted = {name: digest(name) for name in locks_of(lock)}
    # Without a stamp the last installation was cut short, and pip cannot tell half a package from
    # a whole one: start afresh.
    installed = read_stamp()
    if installed is None:
        make_venv()
        installed = {}
    elif all(installed.get(name) == value for name, value in wanted.items()):
        return
    if os.path.exists(STAMP):
        os.remove(STAMP)  # from here until the end this is half an installation
    say("Installing packages; the first time takes a minute or two ...", to_error=True)
    install(locks_of(lock))
    write_paths()
    draft = STAMP + ".new"
    with open(draft, "w", encoding="utf-8") as file:
        json.dump({"python": this_python(), "locks": {**installed, **wanted}}, file)
    os.replace(draft, STAMP)


def locks_of(lock: str) -> tuple[str, ...]:
    """The locks that are in place once `lock` is. pip refuses two that differ in a version."""
    return (RUN_LOCK, DEV_LOCK) if lock == DEV_LOCK else (RUN_LOCK,)


def read_stamp() -> dict[str, str] | None:
    """The locks that are in place for this Python, with their hashes; None: nothing to rely on."""
    try:
        with open(STAMP, encoding="utf-8") as file:
            found = json.load(file)
        if found["python"] != this_python() or not os.path.exists(PYTHON):
            return None
        return {str(name): str(value) for name, value in found["locks"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def this_python() -> str:
    """What the packages were built for: version, make and machine of the Python that runs this."""
    return f"{sys.implementation.cache_tag} {sys.version.split()[0]} {sysconfig.get_platform()}"


def digest(name: str) -> str:
    with open(os.path.join(ROOT, name), "rb") as file:
        # Line ends do not count: git may have changed them on Windows.
        return hashlib.sha256(file.read().replace(b"\r\n", b"\n")).hexdigest()


def make_venv() -> None:
    advice = "On Debian: apt install python3-venv"
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        raise Stop(f"This Python cannot make a virtual environment. {advice}")
    done = quietly([sys.executable, "-m", "venv", "--clear", VENV])
    if done.returncode:
        say(tail(done), to_error=True)
        raise Stop(f"Making {VENV} failed. {advice}; else delete that folder and try again.")


def install(locks: tuple[str, ...]) -> None:
    """The packages of the locks, each by its hash."""
    command = [PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "--no-input"]
    if os.path.isdir(WHEELHOUSE):
        command += ["--no-index", "--find-links", WHEELHOUSE]
    files = [part for name in locks for part in ("-r", os.path.join(ROOT, name))]
    done = quietly([*command, "--require-hashes", *files])
    if done.returncode:
        say(tail(done), to_error=True)
        place = "the folder wheelhouse" if os.path.isdir(WHEELHOUSE) else "the network"
        raise Stop(f"Installing failed: is {place} in order? Then the same command again.")


def write_paths() -> None:
    """The path file that makes `import kiosk` work, and `kiosk` for people."""
    version = ".".join(map(str, sys.version_info[:2]))
    inside = ["Lib"] if WINDOWS else ["lib", f"python{version}"]
    packages = os.path.join(VENV, *inside, "site-packages")
    write(os.path.join(packages, "kiosk.pth"), os.path.relpath(ROOT, packages) + "\n")
    if WINDOWS:
        write(os.path.join(BIN, "kiosk.cmd"), '@"%~dp0python.exe" -m kiosk.cli %*\n')
        return
    launcher = os.path.join(BIN, "kiosk")
    here = '$(dirname -- "$(readlink -f -- "$0")")'
    write(launcher, f'#!/bin/sh\nexec "{here}/python" -m kiosk.cli "$@"\n')
    os.chmod(launcher, 0o755)  # noqa: S103 (a program for everyone on this laptop)


def write(path: str, text: str) -> None:
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


# -- the browser of the tests --------------------------------------------------------------------

_NAMES = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
    "microsoft-edge", "microsoft-edge-stable", "msedge",
)  # fmt: skip
_WINDOWS_PLACES = (
    r"Google\Chrome\Application\chrome.exe",
    r"Microsoft\Edge\Application\msedge.exe",
    r"Chromium\Application\chrome.exe",
)
_MAC_PLACES = ("Google Chrome", "Chromium", "Microsoft Edge")


def browser(*, may_install: bool) -> str:
    """The path of a Chromium, Chrome or Edge; Debian's is installed where that is allowed.

    A browser that is missing is a failure, never a skipped test.
    """
    named = os.environ.get(BROWSER)
    if named:
        found = shutil.which(named)
        if found is None:
            raise Stop(f"{BROWSER} names {named}, which is no program.")
        return found
    found = next((each for each in candidates() if starts(each)), None)
    if found is None and may_install and shutil.which("apt-get") and is_root():
        say("Installing Chromium for the tests ...", to_error=True)
        apt = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for step in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
            done = quietly(["apt-get", "-q", *step], env=apt)
            if done.returncode:
                say(tail(done), to_error=True)
                break
        found = next((each for each in candidates() if starts(each)), None)
    if found is None:
        raise Stop(
            "The tests drive a browser and none was found: install Chromium, Chrome or Edge "
            f"(on Debian: apt install chromium), or name one in {BROWSER}."
        )
    return found


def candidates() -> list[str]:
    places = [path for path in map(shutil.which, _NAMES) if path]
    if WINDOWS:
        for variable in ("ProgramFiles", "ProgramFiles(x86)", "LocalAppData"):
            base = os.environ.get(variable)
            places += [os.path.join(base, each) for each in _WINDOWS_PLACES] if base else []
    if sys.platform == "darwin":
        for base in ("/Applications", os.path.expanduser("~/Applications")):
            places += [f"{base}/{each}.app/Contents/MacOS/{each}" for each in _MAC_PLACES]
    return [path for path in places if os.path.isfile(path)]


def starts(path: str) -> bool:
    """Ubuntu ships a `chromium-browser` that only says where to get one: ask it for its version."""
    if WINDOWS:
        return True  # there this question would open a window
    try:
        return quietly([path, "--version"], timeout=30).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def is_root() -> bool:
    return not WINDOWS and os.geteuid() == 0  # type: ignore[attr-defined,unused-ignore]


# -- processes and words -----------------------------------------------------------------------


def environment() -> dict[str, str]:
    """The environment of every child: ours, without what would bend another Python."""
    bending = {"PYTHONHOME", "PYTHONPATH", "__PYVENV_LAUNCHER__"}
    kept = {name: value for name, value in os.environ.items() if name not in bending}
    # A person's own habit of `pip install --user` does not fit a virtual environment.
    kept["PIP_USER"] = "0"
    return kept


def quietly(
    command: list[str], *, env: dict[str, str] | None = None, timeout: float | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run with the output kept back; it is shown only when something failed."""
    return subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment() if env is None else env,
        timeout=timeout,
        check=False,
    )


def tail(done: subprocess.CompletedProcess[bytes], lines: int = 30) -> str:
    return "\n".join(done.stdout.decode("utf-8", errors="replace").splitlines()[-lines:])


def last(command: list[str]) -> int:
    """The last step. Where the system can, it takes this process's place and its signals."""
    sys.stdout.flush()
    sys.stderr.flush()
    if not WINDOWS:
        os.execve(command[0], command, environment())  # noqa: S606 (no shell is wanted)
    child = subprocess.Popen(command, env=environment())
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            # The console tells both of us; the child ends calmly and we hand on its exit code.
            continue


def say(text: str, *, to_error: bool = False) -> None:
    """Print what no code page can refuse."""
    stream = sys.stderr if to_error else sys.stdout
    encoding = stream.encoding or "ascii"
    print(text.encode(encoding, errors="replace").decode(encoding), file=stream, flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Stop as stop:
        say(str(stop), to_error=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
