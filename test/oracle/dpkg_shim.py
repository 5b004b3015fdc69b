#!/usr/bin/python3
"""Stands in for dpkg and dpkg-divert in dpkg's own tests: runs the real one and records what it did.

DPKG_TRACE names a folder. It gets a line of trace.jsonl for each call, with the states before and after;
states/ holds what stood below --instdir and --admindir, blobs/ and debs/ the bytes, all named by SHA-256.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from snapshot import walk  # noqa: E402

TRACE = os.environ["DPKG_TRACE"]
QUERIES = {"--version", "--help", "-l", "-s", "-L", "-S", "-p", "--print-architecture", "--compare-versions"}


def option(name):
    prefix = f"--{name}="
    return next((arg[len(prefix):] for arg in sys.argv if arg.startswith(prefix)), None)


def keep(folder, name, path):
    target = os.path.join(TRACE, folder, name)
    if not os.path.exists(target):
        shutil.copyfile(path, target + ".partial")
        os.rename(target + ".partial", target)


def entries(root):
    found = []
    first = {}

    def add(entry):
        if "content" in entry:
            keep("blobs", entry["content"], root + entry["path"])
        if inode := entry.pop("inode", None):
            entry["inode"] = first.setdefault(inode, entry["path"])
        found.append(entry)

    if os.path.isdir(root):
        walk(root, "", add)
    return found


def state():
    value = {"tree": entries(option("instdir") or "/nonexistent"), "database": entries(option("admindir"))}
    text = json.dumps(value, sort_keys=True)
    name = hashlib.sha256(text.encode()).hexdigest()
    with open(os.path.join(TRACE, "states", name), "w") as file:
        file.write(text)
    return name


def debs():
    kept = {}
    for arg in sys.argv[1:]:
        if arg.endswith(".deb") and os.path.isfile(arg):
            with open(arg, "rb") as file:
                name = hashlib.sha256(file.read()).hexdigest()
            keep("debs", name, arg)
            kept[arg] = name
    return kept


def real():
    own = os.path.dirname(os.path.abspath(sys.argv[0]))
    tool = os.path.basename(sys.argv[0])
    folders = (folder for folder in os.environ["PATH"].split(":") if os.path.abspath(folder) != own)
    return next(path for folder in folders if os.access(path := os.path.join(folder, tool), os.X_OK))


def main():
    command = [real(), *sys.argv[1:]]
    if "DPKG_MAINTSCRIPT_NAME" in os.environ or option("admindir") is None or QUERIES & set(sys.argv):
        os.execv(command[0], command)
    before = state()
    kept = debs()
    status = subprocess.run(command, check=False).returncode
    step = {
        "test": os.path.basename(os.getcwd()),
        "tool": os.path.basename(sys.argv[0]),
        "args": sys.argv[1:],
        "debs": kept,
        "status": status,
        "before": before,
        "after": state(),
    }
    with open(os.path.join(TRACE, "trace.jsonl"), "a") as file:
        file.write(json.dumps(step) + "\n")
    sys.exit(status if status >= 0 else 128 - status)


main()
