"""Makes gzip streams, and tells what zlib says of streams.

`make SEED COUNT` writes COUNT streams, `judge` reads streams and writes what each holds.
A stream is its length in 4 bytes and its bytes; an answer is a letter before them: `y` or `n`.
"""

import random
import struct
import sys
import zlib

strategies = [
    zlib.Z_DEFAULT_STRATEGY, zlib.Z_FILTERED, zlib.Z_HUFFMAN_ONLY, zlib.Z_RLE, zlib.Z_FIXED,
]


def text(generator):
    """Bytes of one of several kinds, from noise to long repetitions."""
    size = generator.choice([0, 1, 2, 10, 100, 1000, 5000, 70000])
    size = generator.randint(0, size)
    kind = generator.randrange(5)
    if kind == 0:
        return generator.randbytes(size)
    if kind == 1:
        return bytes(generator.choice(b"abcdefgh \n") for _ in range(size))
    if kind == 2:
        return bytes([generator.randrange(256)]) * size
    result = bytearray(generator.randbytes(min(size, 40)))
    while 0 < len(result) < size:
        distance = generator.randint(1, min(len(result), 40000 if kind == 3 else 9))
        length = generator.randint(1, 300)
        for _ in range(length):
            result.append(result[-distance])
        if generator.random() < 0.3:
            result += generator.randbytes(3)
    return bytes(result)


def member(generator):
    """One member of gzip, with the optional parts of its header."""
    content = text(generator)
    flags = generator.choice([0, 0, 0, 4, 8, 16, 2, 31, generator.randrange(32)])
    header = struct.pack("<BBBBIBB", 0x1F, 0x8B, 8, flags, 0, 0, 255)
    if flags & 4:
        extra = generator.randbytes(generator.choice([0, 5, 6000]))
        header += struct.pack("<H", len(extra)) + extra
    if flags & 8:
        header += b"name" * generator.choice([0, 1, 2000]) + b"\0"
    if flags & 16:
        header += b"comment\0"
    if flags & 2:
        header += struct.pack("<H", zlib.crc32(header) & 0xFFFF)
    window = -generator.randint(9, 15)
    compressor = zlib.compressobj(
        generator.randrange(10), zlib.DEFLATED, window, generator.randint(1, 9), generator.choice(strategies))
    body = b""
    start = 0
    while start < len(content):
        end = start + generator.choice([len(content), 1 + len(content) // 3])
        body += compressor.compress(content[start:end])
        if generator.random() < 0.3:
            body += compressor.flush(generator.choice([zlib.Z_SYNC_FLUSH, zlib.Z_FULL_FLUSH, zlib.Z_BLOCK]))
        start = end
    body += compressor.flush()
    return header + body + struct.pack("<II", zlib.crc32(content), len(content) & 0xFFFFFFFF)


def judge(stream):
    """What zlib reads: member after member, until something else follows."""
    result = b""
    while True:
        decompressor = zlib.decompressobj(31)
        try:
            result += decompressor.decompress(stream)
        except zlib.error:
            return b"n", result
        if not decompressor.eof:
            return b"n", result
        stream = decompressor.unused_data
        if not stream.startswith(b"\x1f\x8b"):
            return b"y", result


if sys.argv[1] == "make":
    generator = random.Random(int(sys.argv[2]))
    for _ in range(int(sys.argv[3])):
        stream = b"".join(member(generator) for _ in range(generator.choice([1, 1, 1, 2, 5])))
        sys.stdout.buffer.write(struct.pack("<I", len(stream)) + stream)
else:
    data = sys.stdin.buffer.read()
    position = 0
    while position < len(data):
        (size,) = struct.unpack_from("<I", data, position)
        answer, result = judge(data[position + 4 : position + 4 + size])
        sys.stdout.buffer.write(answer + struct.pack("<I", len(result)) + result)
        position += 4 + size
