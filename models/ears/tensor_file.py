"""The file that the runtime reads its nets from (gpu/nets/weights_file.hpp); the README tells the format."""
import struct
import zlib

import numpy as np

MAGIC = b"DHRNETS\0"
VERSION = 1


def write(path, tensors):
    """tensors: {name: array}; everything is stored as float32, in the order of the dictionary."""
    body = bytearray(MAGIC + struct.pack("<II", VERSION, len(tensors)))
    for name, values in tensors.items():
        values = np.ascontiguousarray(values, dtype="<f4")
        if not np.isfinite(values).all():
            raise ValueError(f"{name} holds a value that is not a number")
        encoded = name.encode()
        body += struct.pack("<I", len(encoded)) + encoded
        body += struct.pack(f"<I{values.ndim}I", values.ndim, *values.shape)
        body += values.tobytes()
    body += struct.pack("<I", zlib.crc32(body))
    path.write_bytes(body)


def read(path):
    """What write() has written, as {name: array}."""
    data = path.read_bytes()
    if data[:8] != MAGIC or struct.unpack_from("<I", data, 8) != (VERSION,):
        raise ValueError(f"{path} is not a tensor file of version {VERSION}")
    if zlib.crc32(data[:-4]) != struct.unpack_from("<I", data, len(data) - 4)[0]:
        raise ValueError(f"{path} is damaged")
    (count,) = struct.unpack_from("<I", data, 12)
    at, tensors = 16, {}
    for _ in range(count):
        (length,) = struct.unpack_from("<I", data, at)
        name = data[at + 4:at + 4 + length].decode()
        at += 4 + length
        (rank,) = struct.unpack_from("<I", data, at)
        shape = struct.unpack_from(f"<{rank}I", data, at + 4)
        at += 4 + 4 * rank
        size = int(np.prod(shape))
        tensors[name] = np.frombuffer(data, "<f4", size, at).reshape(shape)
        at += 4 * size
    return tensors
