"""Makes tar archives of every format, and tells what Python's tarfile reads in them.

`make FOLDER` writes archives with tarfile, and with the programs tar and bsdtar where they are found.
`list FILE...` writes a line for each entry: name, type, size, mode, uid, gid, mtime, link, whether it is sparse, and
the CRC-32 of its data without holes; names in hexadecimal. A blank line ends an archive.
"""

import io
import os
import random
import shutil
import subprocess
import sys
import tarfile
import zlib


def infos(generator, name_limit):
    """Entries with names and numbers of every length; `name_limit` keeps out what a format cannot hold."""
    names = ["a", "dir/b", "x" * 99, "x" * 100, "d/" + "y" * 98, "p" * 90 + "/" + "q" * 60]
    if name_limit > 256:
        names += ["r" * 101, "s/" * 300 + "t", "ü/" + "é" * 120, "u" * 5000]
    for name in names:
        info = tarfile.TarInfo(name)
        info.mode = generator.choice([0o644, 0o755, 0o4755, 0o1777])
        info.uid = generator.choice([0, 1000, 0o7777777])
        info.gid = generator.choice([0, 5, 0o7777777])
        info.mtime = generator.randrange(1 << 33)
        content = generator.randbytes(generator.choice([0, 1, 511, 512, 513, 5000]))
        yield info, content
    for kind in [tarfile.DIRTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE]:
        info = tarfile.TarInfo(f"special{kind.decode()}")
        info.type = kind
        info.mtime = 1
        if kind in (tarfile.SYMTYPE, tarfile.LNKTYPE):
            info.linkname = "l" * (300 if name_limit > 256 else 100)
        if kind in (tarfile.CHRTYPE, tarfile.BLKTYPE):
            info.devmajor, info.devminor = 8, 1
        yield info, b""
    if name_limit > 256:
        for mtime in [-1, 1 << 40]:
            info = tarfile.TarInfo(f"time{mtime}")
            info.mtime = mtime
            info.uid = info.gid = 1 << 30
            yield info, b"x"


def make_with_tarfile(folder):
    """One archive for each format and seed."""
    formats = {"ustar": (tarfile.USTAR_FORMAT, 256), "gnu": (tarfile.GNU_FORMAT, 9999), "pax": (tarfile.PAX_FORMAT, 9999)}
    for label, (form, limit) in formats.items():
        for seed in range(4):
            generator = random.Random(f"{label}{seed}")
            with tarfile.open(f"{folder}/tarfile-{label}-{seed}.tar", "w", format=form) as archive:
                if form == tarfile.PAX_FORMAT and seed == 1:
                    archive.pax_headers = {"comment": "global", "uname": "nobody"}
                for info, content in infos(generator, limit):
                    info.size = len(content)
                    if form == tarfile.PAX_FORMAT:
                        info.pax_headers = {"SCHILY.xattr.user.x": "y" * generator.choice([1, 2000])}
                        if seed == 2:
                            info.mtime += 0.25
                    archive.addfile(info, io.BytesIO(content))


def make_tree(root, is_long):
    """Files for the programs to pack."""
    os.makedirs(f"{root}/dir/empty")
    with open(f"{root}/file", "wb") as file:
        file.write(b"content" * 100)
    os.link(f"{root}/file", f"{root}/hard")
    os.symlink("file", f"{root}/soft")
    os.symlink("nowhere/" + "z" * 80, f"{root}/dir/soft")
    os.mkfifo(f"{root}/pipe")
    open(f"{root}/none", "wb").close()
    for index, parts in enumerate([[(0, 10)], [(200_000, 5)], [(n << 13, 4096) for n in range(1, 30)], []]):
        with open(f"{root}/sparse{index}", "wb") as file:
            for offset, count in parts:
                file.seek(offset)
                file.write(bytes([65 + index]) * count)
            file.truncate(300_000)
    os.utime(f"{root}/file", ns=(0, 1_234_567_890_123_456_789))
    os.utime(f"{root}/none", ns=(0, 5_000_000_000 if not is_long else -1_500_000_000))
    if is_long:
        deep = f"{root}/" + "/".join(["w" * 60] * 5)
        os.makedirs(deep)
        with open(deep + "/" + "v" * 200, "wb") as file:
            file.write(b"deep")
        with open(os.fsencode(root) + b"/\xff\xfe bytes", "wb") as file:
            file.write(b"bytes")
        os.symlink("m" * 400, f"{root}/long-link")


def make_with_programs(folder):
    """One archive for each program and format."""
    for label, is_long in [("short", False), ("long", True)]:
        make_tree(f"{folder}/{label}", is_long)
    jobs = [("short", "tar", ["--format", form, *sparse])
            for form in ["v7", "oldgnu", "gnu", "ustar", "pax"]
            for sparse in [[], ["--sparse"]] if not (sparse and form in ("v7", "ustar"))]
    jobs += [("long", "tar", ["--format", form, *sparse])
             for form in ["oldgnu", "gnu", "pax"] for sparse in [[], ["--sparse"]]]
    jobs += [("long", "tar", ["--format", "pax", "--sparse", f"--sparse-version={version}"])
             for version in ["0.0", "0.1", "1.0"]]
    if shutil.which("bsdtar"):
        jobs += [("short", "bsdtar", ["--format", form]) for form in ["v7", "ustar", "pax", "gnutar"]]
        jobs += [("long", "bsdtar", ["--format", form]) for form in ["pax", "gnutar"]]
    for tree, program, options in jobs:
        name = f"{program}-{tree}-{'-'.join(option.strip('-') for option in options)}.tar"
        # The oldest format holds no pipe, which the programs tell and leave out.
        subprocess.run([program, "-C", f"{folder}/{tree}", *options, "-cf", f"{folder}/{name}", "."],
                       check="v7" not in options, stderr=subprocess.DEVNULL)
    for tree in ["short", "long"]:
        shutil.rmtree(f"{folder}/{tree}")


def checksum(archive, info):
    """The CRC-32 of the data of an entry, without holes."""
    if not info.isreg():
        return 0
    file = archive.extractfile(info)
    if info.sparse is None:
        return zlib.crc32(file.read())
    value = 0
    for offset, size in info.sparse:
        file.seek(offset)
        value = zlib.crc32(file.read(size), value)
    return value


def print_list(path):
    """The entries of one archive."""
    with tarfile.open(path, "r:", errors="surrogateescape") as archive:
        for info in archive:
            time = info.pax_headers.get("mtime", str(int(info.mtime)))
            kind = {b"\0": b"0", b"S": b"0", b"7": b"0"}.get(info.type, info.type).decode()
            fields = [
                info.name.encode("utf-8", "surrogateescape").hex(), kind, info.size if info.isreg() else 0,
                info.mode & 0o7777, info.uid, info.gid, time,
                info.linkname.encode("utf-8", "surrogateescape").hex(), int(info.sparse is not None),
                checksum(archive, info),
            ]
            print("\t".join(str(field) for field in fields))
    print()


if sys.argv[1] == "make":
    make_with_tarfile(sys.argv[2])
    make_with_programs(sys.argv[2])
else:
    for path in sys.argv[2:]:
        print_list(path)
