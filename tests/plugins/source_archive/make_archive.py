#!/usr/bin/env python3
"""Writes an archive: make_archive.py FILE < JSON, a list of entries in this order.

An entry is {"path", "text"} or {"path", "type": "dir"|"symlink"|"hardlink"|"fifo", "target"}; "zeros"
is a number of bytes instead of a text. The file's name says the kind: .tar, .tar.gz, .tar.xz, .zip.
"""
import io
import json
import sys
import tarfile
import zipfile

TYPES = {"dir": tarfile.DIRTYPE, "symlink": tarfile.SYMTYPE, "hardlink": tarfile.LNKTYPE,
         "fifo": tarfile.FIFOTYPE}


def data_of(entry):
    return b"\0" * entry["zeros"] if "zeros" in entry else entry.get("text", "").encode()


def main():
    path, entries = sys.argv[1], json.load(sys.stdin)
    if path.endswith(".zip"):
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
            for entry in entries:
                out.writestr(entry["path"], data_of(entry))
        return
    mode = {"gz": "w:gz", "xz": "w:xz"}.get(path.rsplit(".", 1)[1], "w")
    with tarfile.open(path, mode) as out:
        for entry in entries:
            info = tarfile.TarInfo(entry["path"])
            info.mtime = 1700000000
            info.type = TYPES.get(entry.get("type"), tarfile.REGTYPE)
            info.linkname = entry.get("target", "")
            data = data_of(entry) if info.type == tarfile.REGTYPE else b""
            info.size = len(data)
            out.addfile(info, io.BytesIO(data))


main()
