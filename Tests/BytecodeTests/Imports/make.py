"""Makes modules whose bytecode is damaged, moved or out of date in random ways.

    make.py DIRECTORY SEED COUNT LEVEL

The source of every module says X = 'S', its bytecode X = 'B', and whatever else could be imported in its place
X = 'C', so that an import tells what was executed. Prints a line for each: the directory to import from, the module,
and the path of the bytecode. Runs on Python 2.7 and on 3.6 and later.
"""
import marshal
import os
import random
import struct
import sys

OLD = sys.version_info[0] == 2
if OLD:
    import imp
    MAGIC = imp.get_magic()
    TAG = None
else:
    import importlib.util
    MAGIC = importlib.util.MAGIC_NUMBER
    TAG = sys.implementation.cache_tag
FLAGS = sys.version_info >= (3, 7)
NUMBERS = [62211, 3131, 3180, 3230, 3310, 3351, 3379, 3394, 3413, 3425, 3439, 3480, 3495, 3531, 3571, 3627, 3657, 336,
           0, 1, 65535]

root, seed, count, level = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
dice = random.Random(seed)


def write(path, content):
    folder = os.path.dirname(path)
    if not os.path.isdir(folder):
        os.makedirs(folder)
    with open(path, "wb") as file:
        file.write(content)


def code(letter):
    text = "X = '%s'\ndef f(a, *b):\n    '''Text.'''\n    return [a, b, 1.5, 1 << 70, (1, 2, 'c')]\n" % letter
    return text.encode(), marshal.dumps(compile(text, "<%s>" % letter, "exec"))


SOURCE, _ = code("S")
_, BODY = code("B")
OTHER, OTHER_BODY = code("C")


def header(source, mode):
    if source is None:
        mtime, size, content = 1500000000, len(SOURCE), SOURCE
    else:
        status = os.stat(source)
        mtime, size = status.st_mtime, status.st_size
        with open(source, "rb") as file:
            content = file.read()
    if FLAGS and mode:
        return MAGIC + struct.pack("<I", mode) + importlib.util.source_hash(content)
    fields = struct.pack("<I", int(mtime // 1 if OLD else mtime) & 0xFFFFFFFF)
    if not OLD:
        fields += struct.pack("<I", size & 0xFFFFFFFF)
    return MAGIC + (struct.pack("<I", 0) if FLAGS else b"") + fields


def set_time(path):
    seconds = dice.choice([0, 1, 1500000000, 1700000001, 2**31 + 7, 2**32 + 5, -1, -2])
    nanoseconds = dice.choice([0, 0, 1, 500000000, 999999761, 999999762, 999999880, 999999881, 999999999])
    if OLD:
        os.utime(path, (max(seconds, 0), max(seconds, 0)))
    else:
        os.utime(path, ns=(0, seconds * 10**9 + nanoseconds))


def name(module):
    if OLD:
        return dice.choice([module + ".pyc"] * 6 + [module + ".pyo", "__pycache__/%s.cpython-27.pyc" % module])
    own = "__pycache__/%s.%s%s.pyc" % (module, TAG, ".opt-%d" % level if level else "")
    return dice.choice([own] * 24 + [module + ".pyc"] * 4 + [pattern.format(m=module, t=TAG) for pattern in (
        "__pycache__/{m}.pyc", "__pycache__/{m}.cpython-35.pyc", "__pycache__/{m}.{t}.opt-1.pyc",
        "__pycache__/{m}.{t}.opt-0.pyc", "__pycache__/{m}.{t}.opt1.pyc", "__pycache__/{m}..{t}.pyc", "{m}.{t}.pyc",
        "__pycache__/{m}.{t}-pytest-9.0.1.pyc", "__pycache__/{m}.{t}.pyc.1234", "{m}.pyo", "__pycache__/{m}.{t}.pyo",
        "__pycache__/{m}.{t}.opt-2.pyc", "__pycache__/{m}.{t}.opt-x.pyc")])


def damage(content, length):
    """The file after one accident."""
    kind = dice.randrange(9)
    if kind == 0:
        return content[:dice.randrange(len(content) + 1)]
    if kind == 1:
        return content[:dice.randrange(20)]
    if kind == 2:
        return content + b"\0" * dice.randrange(1, 9)
    if kind == 3:
        return content[:length] + marshal.dumps(dice.choice([None, (1, 2), "x", 1 << 80]))
    if kind == 4:
        return struct.pack("<H", dice.choice(NUMBERS)) + content[2:]
    if kind == 5:
        return content.replace(b"\r\n", b"\n", 1)
    if kind == 6 and FLAGS:
        return content[:4] + struct.pack("<I", dice.choice([0, 1, 2, 3, 4, 7, 0x80000000])) + content[8:]
    place = dice.randrange(4, length)
    return content[:place] + struct.pack("B", dice.randrange(256)) + content[place + 1:]


def neighbour(folder, module):
    """Something that may be imported in place of the module."""
    kind = dice.randrange(6)
    if kind == 0:
        write("%s/%s/__init__.py" % (folder, module), OTHER)
    # Under -O Python 2 looks for .pyo in place of .pyc.
    elif kind == 1 and not (OLD and level):
        write("%s/%s/__init__.pyc" % (folder, module), header(None, 0) + OTHER_BODY)
    elif kind == 2:
        os.makedirs("%s/%s" % (folder, module))
    elif kind == 3:
        write("%s/%s/other.py" % (folder, module), OTHER)
    elif kind == 4 and not (OLD and level) and not os.path.lexists("%s/%s.pyc" % (folder, module)):
        write("%s/%s.pyc" % (folder, module), header(None, 0) + OTHER_BODY)
    elif kind == 5:
        write("%s/%s.%s.so" % (folder, module, dice.choice(["cpython-35m-x86_64-linux-gnu", "txt"])), b"no library")


for index in range(count):
    folder, module = "%s/case%d" % (root, index), "m%d" % index
    os.makedirs(folder)
    source = "%s/%s.py" % (folder, module)
    link = dice.randrange(10) == 0
    write(folder + "/real.txt" if link else source, SOURCE)
    if link:
        os.symlink("real.txt", source)
    set_time(source)
    mode = dice.choice([0, 0, 1, 3])
    head = header(source, mode)
    content = head + BODY
    for _ in range(dice.choice([0, 1, 1, 1, 2])):
        content = damage(content, len(head))
    path = "%s/%s" % (folder, name(module))
    write(path, content)
    change = dice.randrange(10)
    if change == 0:
        os.remove(source)
    elif change == 1 and link:
        os.remove(folder + "/real.txt")
    elif change == 2:
        status = os.stat(source)
        write(source, SOURCE.replace(b"Text", dice.choice([b"Word", b"Words"])))
        if OLD:
            os.utime(source, (status.st_atime, status.st_mtime))
        else:
            os.utime(source, ns=(0, status.st_mtime_ns))
    if dice.randrange(5) == 0:
        neighbour(folder, module)
    print("\t".join((folder, module, path)))
