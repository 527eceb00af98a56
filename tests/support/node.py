"""Programs for Node that tests and benchmarks measure us with: pinned packages, installed below build/."""

import pathlib
import shutil
import subprocess

from support.daemon import TOP


def prepare(source):
    """Installs what `source`/package.json pins. The directory to run in, and None; or None, and why it can't be done."""
    source = pathlib.Path(source)
    run = TOP / "build" / source.name
    if not shutil.which("npm") or not shutil.which("node"):
        return None, "npm and node are not installed"
    stamp = run / "installed.json"
    wanted = (source / "package.json").read_text(encoding="utf-8")
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return run, None
    run.mkdir(parents=True, exist_ok=True)
    shutil.copy(source / "package.json", run)
    try:
        done = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--omit=dev"],
                              cwd=run, capture_output=True, text=True, timeout=180, check=False)
    except subprocess.TimeoutExpired:
        return None, "npm install took longer than 180 s"
    if done.returncode != 0:
        return None, f"npm install failed: {done.stderr.strip().splitlines()[-1:]}"
    stamp.write_text(wanted, encoding="utf-8")
    return run, None
