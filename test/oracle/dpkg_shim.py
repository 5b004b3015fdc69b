#!/usr/bin/python3
"""Stands in for dpkg and dpkg-divert in dpkg's own tests: runs the real one and records what it did.

DPKG_TRACE names a folder. It gets a line of trace.jsonl for each call, with the states before and after;
states/ holds what stood below --instdir and --admindir, blobs/ and debs/ the bytes, all named by SHA-256.
"""

import contextlib
import hashlib
import json
import os
import signal
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from snapshot import walk  # noqa: E402

TRACE = os.environ["DPKG_TRACE"]
RECURSIVE = {"-R", "--recursive"}
QUERIES = {"--version", "--help", "-l", "-s", "-L", "-S", "-p", "-V", "--verify", "--print-architecture", "--compare-versions"}


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


def archives():
    if not RECURSIVE & set(sys.argv):
        return [arg for arg in sys.argv[1:] if arg.endswith(".deb") and os.path.isfile(arg)]
    folders = [arg for arg in sys.argv[1:] if os.path.isdir(arg)]
    return [path for folder in folders for path in archives_below(folder)]


def archives_below(folder):
    # dpkg goes through a folder in byte order, each folder where its name stands.
    for name in sorted(os.listdir(folder), key=os.fsencode):
        path = os.path.join(folder, name)
        if os.path.isdir(path):
            yield from archives_below(path)
        elif name.endswith(".deb"):
            yield path


def debs():
    kept = {}
    for path in archives():
        with open(path, "rb") as file:
            name = hashlib.file_digest(file, "sha256").hexdigest()
        keep("debs", name, path)
        kept[path] = name
    return kept


def real():
    own = os.path.dirname(os.path.abspath(sys.argv[0]))
    tool = os.path.basename(sys.argv[0])
    folders = (folder for folder in os.environ["PATH"].split(":") if os.path.abspath(folder) != own)
    return next(path for folder in folders if os.access(path := os.path.join(folder, tool), os.X_OK))


def decoded(data):
    return None if data is None else data.decode(errors="replace")


def main():
    command = [real(), *sys.argv[1:]]
    tool = os.path.basename(sys.argv[0])
    query = tool == "dpkg" and QUERIES & set(sys.argv)
    if "DPKG_MAINTSCRIPT_NAME" in os.environ or option("admindir") is None or query:
        os.execv(command[0], command)
    before = state()
    kept = debs()
    text = sys.stdin.buffer.read() if "--set-selections" in sys.argv else None
    output = subprocess.PIPE if tool == "dpkg-query" else None
    run = subprocess.run(command, check=False, input=text, stdout=output, stderr=subprocess.PIPE)
    status = run.returncode
    step = {
        "test": os.path.basename(os.getcwd()),
        "tool": tool,
        "args": sys.argv[1:],
        "input": decoded(text),
        "output": decoded(run.stdout),
        "errors": decoded(run.stderr),
        "debs": kept,
        # Who reads an answer may have seen enough before its end: that is no refusal.
        "status": 0 if status == -signal.SIGPIPE else status,
        "before": before,
        "after": state(),
    }
    with open(os.path.join(TRACE, "trace.jsonl"), "a") as file:
        file.write(json.dumps(step) + "\n")
    # Last, as who reads it may have seen enough.
    for stream, text in ((sys.stdout, run.stdout), (sys.stderr, run.stderr)):
        with contextlib.suppress(BrokenPipeError):
            stream.buffer.write(text or b"")
            stream.flush()
    os._exit(status if status >= 0 else 128 - status)


main()
