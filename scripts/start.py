"""From a fresh clone to a running program in one command; needs nothing but Python.

    python3 scripts/start.py demo|window|test|check [arguments of the job]

Makes ``.venv`` beside the sources, installs the project into it, installs the system libraries that Qt needs where
they are missing (Debian and Ubuntu), and does the job. What is done already is not done again.
"""

from __future__ import annotations

import argparse
import ctypes
import hashlib
import importlib.util
import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
STAMP = VENV / "nnstudio-installed.json"
OLDEST = (3, 11)

EXTRAS: dict[str, set[str]] = {"demo": set(), "window": set(), "test": {"test"}, "check": {"check", "test"}}
"""Extras of the project that each job needs; the type checker reads the tests too."""

SPREAD = ("-n", "logical", "--maxprocesses", "4", "--dist", "worksteal")
"""Tests run in one process per core, four at most; `test -n 0` runs them in one."""

CHECKS = (
    ("ruff", "format", "--check"),
    ("ruff", "check"),
    ("mypy",),
    ("lint-imports",),
)

QT_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11.so.6": "libx11-6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libz.so.1": "zlib1g",
    "libzstd.so.1": "libzstd1",
}
"""What QtGui links to, and the Debian package of each; enough to paint without a display."""

X11_LIBRARIES = {
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-glx.so.0": "libxcb-glx0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
"""What Qt's platform plugin for X11 links to besides."""


def main() -> int:
    """Do one job and return its exit status."""
    if sys.version_info < OLDEST:
        return fail(f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed; this is {sys.version.split()[0]}.")
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("job", choices=sorted(EXTRAS))
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="handed on to the job")
    options = parser.parse_args()
    if not install_packages(options.job):
        return 1
    python = install_project(EXTRAS[options.job])
    if python is None:
        return 1
    if options.job == "check":
        return run_checks(python)
    if options.job == "test":
        return run([str(python), "-m", "pytest", *SPREAD, *options.arguments])
    words = ["demo"] if options.job == "demo" else []
    return run([str(python), "-m", "nnstudio", *words, *options.arguments], folder=Path.cwd())


def install_packages(job: str) -> bool:
    """Install the system's packages that are missing; return whether everything is there."""
    if sys.platform == "win32":
        return True
    packages = [] if job == "check" else missing_packages()
    if importlib.util.find_spec("ensurepip") is None and not VENV.exists():
        packages.append(f"python{sys.version_info[0]}.{sys.version_info[1]}-venv")
    if not packages:
        return True
    if shutil.which("apt-get") is None:
        fail("These packages are missing, or what your system calls them: " + " ".join(packages))
        return False
    rights = [] if os.geteuid() == 0 else ["sudo"]
    update = [*rights, "apt-get", "update", "-qq"]
    install = [*rights, "apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    by_hand = f"{shlex.join(update)} && {shlex.join(install)}"
    if rights and shutil.which("sudo") is None:
        fail("Qt needs system libraries; install them as root: " + by_hand.replace("sudo ", ""))
        return False
    say("Installing system libraries: " + " ".join(packages))
    os.environ.setdefault("DEBIAN_FRONTEND", "noninteractive")
    if run(update) != 0 or run(install) != 0:
        fail("The system libraries could not be installed; try: " + by_hand)
        return False
    return True


def missing_packages() -> list[str]:
    """Return the packages of the libraries that cannot be loaded here."""
    if not sys.platform.startswith("linux"):
        return []
    wanted = dict(QT_LIBRARIES)
    if os.environ.get("DISPLAY"):
        wanted.update(X11_LIBRARIES)
    return sorted({package for library, package in wanted.items() if not can_load(library)})


def can_load(library: str) -> bool:
    """Say whether the system has a library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def install_project(extras: set[str]) -> Path | None:
    """Install the project with what its job needs; return the environment's Python, or None when that failed."""
    python = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    known = read_stamp()
    if not works(python):
        say(f"Making {VENV.name}")
        known = None
        if run([sys.executable, "-m", "venv", "--clear", str(VENV)]) != 0:
            fail(f"{VENV} could not be made.")
            return None
    if known is None or not extras <= known:
        wanted = sorted(extras | (known or set()))
        target = f"{ROOT}[{','.join(wanted)}]" if wanted else str(ROOT)
        say("Installing NN Studio with PyTorch and Qt; the first time this takes some minutes")
        pip = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--editable", target]
        if run(pip) != 0:
            fail("The installation failed; the lines above say why. Start the same command again to go on.")
            return None
        STAMP.write_text(json.dumps({"project": fingerprint(), "extras": wanted}), "utf-8")
    return python


def works(python: Path) -> bool:
    """Say whether an environment's Python is there and still runs; it does not when the Python below it is gone."""
    if not python.exists():
        return False
    return subprocess.run([str(python), "-c", ""], capture_output=True, check=False).returncode == 0


def read_stamp() -> set[str] | None:
    """Return the extras that are installed for the project as it is now; None when it must be installed anew."""
    try:
        stamp = json.loads(STAMP.read_text("utf-8"))
        return set(stamp["extras"]) if stamp["project"] == fingerprint() else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def fingerprint() -> str:
    """Return a number that changes when the project's dependencies may have."""
    return hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()


def run_checks(python: Path) -> int:
    """Run every check, so that one call shows all there is to mend; return 1 if any failed."""
    suffix = ".exe" if os.name == "nt" else ""
    failed = []
    for name, *words in CHECKS:
        say(" ".join([name, *words]))
        if run([str(python.parent / f"{name}{suffix}"), *words]) != 0:
            failed.append(name)
    return fail("Not all is well: " + ", ".join(failed)) if failed else 0


def run(command: list[str], folder: Path = ROOT) -> int:
    """Run a command, in the project's folder unless another is named, and return its exit status."""
    try:
        return subprocess.run(command, cwd=folder, check=False).returncode
    except KeyboardInterrupt:
        return 130


def say(text: str) -> None:
    """Tell what comes next."""
    print(f"· {text}", file=sys.stderr, flush=True)


def fail(text: str) -> int:
    """Tell what went wrong; the exit status for it."""
    print(f"start.py: {text}", file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main())
