#!/usr/bin/python3
"""Describes each path of a tree as a JSON line: type, rights, content hash, link target, xattrs and inode."""

import base64
import hashlib
import json
import os
import stat
import sys

TYPES = {
    stat.S_IFREG: "file",
    stat.S_IFDIR: "dir",
    stat.S_IFLNK: "symlink",
    stat.S_IFCHR: "char",
    stat.S_IFBLK: "block",
    stat.S_IFIFO: "fifo",
    stat.S_IFSOCK: "socket",
}
CHUNK = 1 << 20


def digest(path):
    hashed = hashlib.sha256()
    with open(path, "rb", buffering=0) as file:
        while chunk := file.read(CHUNK):
            hashed.update(chunk)
    return hashed.hexdigest()


def xattrs(path):
    names = os.listxattr(path, follow_symlinks=False)
    return {
        name: base64.b64encode(os.getxattr(path, name, follow_symlinks=False)).decode()
        for name in sorted(names)
    }


def describe(path, name):
    info = os.lstat(path)
    kind = TYPES[stat.S_IFMT(info.st_mode)]
    entry = {
        "path": name,
        "type": kind,
        "mode": stat.S_IMODE(info.st_mode),
        "uid": info.st_uid,
        "gid": info.st_gid,
    }
    if kind == "file":
        entry["size"] = info.st_size
        entry["content"] = digest(path)
    elif kind == "symlink":
        entry["target"] = os.readlink(path)
    elif kind in ("char", "block"):
        entry["device"] = f"{os.major(info.st_rdev)}:{os.minor(info.st_rdev)}"
    if attributes := xattrs(path):
        entry["xattrs"] = attributes
    if kind != "dir" and info.st_nlink > 1:
        entry["inode"] = f"{info.st_dev}:{info.st_ino}"
    return entry


def walk(path, name, write):
    entry = describe(path, name or "/")
    write(entry)
    if entry["type"] == "dir":
        for child in sorted(os.listdir(path)):
            walk(os.path.join(path, child), name + "/" + child, write)


if __name__ == "__main__":
    sys.setrecursionlimit(10_000)
    walk(sys.argv[1], "", lambda entry: sys.stdout.write(json.dumps(entry) + "\n"))
