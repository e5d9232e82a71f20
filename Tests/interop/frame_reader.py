#!/usr/bin/env python3
"""Reads a frame from Schemas/frame.md alone; shares no code with Sources/.

    frame_reader.py FRAME KEYHEX     prints the events of a frame's file, one a line, in hexadecimal

Needs PyPI's `cryptography` and `zstandard`.
"""
import hashlib, pathlib, struct, sys
import zstandard
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

DICTIONARY = (pathlib.Path(__file__).resolve().parents[2]
              / "Schemas/dictionaries/1-a23c5933fc48b3ca.dict").read_bytes()
FIELDS = ("magic", "version", "suite", "kind", "flags", "event_count", "body_length", "key_epoch",
          "schema_set", "revision", "recorded_at", "subject", "compartment", "command", "salt",
          "key_commitment", "event_root")
LAYOUT = struct.Struct("<4sBBBBIIIIQq16s16s16s16s32s32s")


class Refused(Exception):
    """Why bytes are not a frame: error and part as in the table of section 8."""


def need(condition, error, part=""):
    if not condition:
        raise Refused(error, part)


def read_header(frame):
    need(len(frame) >= LAYOUT.size, "truncated")
    header = dict(zip(FIELDS, LAYOUT.unpack_from(frame)))
    need(header["magic"] == b"JBF1" and header["version"] == 1, "notAFrame")
    need(1 <= header["kind"] <= 6, "unknownKind")
    need(header["suite"] == 1, "unknownSuite")
    need(header["flags"] & ~1 == 0, "outOfRange", "flags")
    need(1 <= header["event_count"] <= 1024, "outOfRange", "event count")
    need(48 <= header["body_length"] <= 61440 - 168, "outOfRange", "body length")
    return header


def derive(key, salt):
    out = HKDF(hashes.SHA256(), 96, salt, b"jangbu frame 1").derive(key)
    return out[:32], out[32:64], out[64:]


def zstd_end(data):
    """Length of the zstd frame at the start, by RFC 8878 section 3.1.1."""
    need(data[:4] == b"\x28\xb5\x2f\xfd", "malformedBody", "packing")
    descriptor = data[4]
    single = descriptor >> 5 & 1
    offset = 5 + (1 - single) + (0, 1, 2, 4)[descriptor & 3]
    offset += (single, 2, 4, 8)[descriptor >> 6]
    while True:
        need(offset + 3 <= len(data), "malformedBody", "packing")
        block = int.from_bytes(data[offset:offset + 3], "little")
        need(block >> 1 & 3 != 3, "malformedBody", "packing")
        offset += 3 + (1 if block >> 1 & 3 == 1 else block >> 3)
        if block & 1:
            break
    offset += 4 * (descriptor >> 2 & 1)
    need(offset <= len(data), "malformedBody", "packing")
    return offset


def unpack(padded):
    end = zstd_end(padded)
    need(not any(padded[end:]), "malformedBody", "padding")
    try:
        size = zstandard.frame_content_size(padded[:end])
        need(0 <= size <= 1 << 20, "malformedBody", "packing")
        content = zstandard.ZstdDecompressor(
            dict_data=zstandard.ZstdCompressionDict(DICTIONARY)).decompress(padded[:end])
    except zstandard.ZstdError:
        raise Refused("malformedBody", "packing") from None
    need(len(content) == size, "malformedBody", "packing")
    return content


def split(content, count):
    events, offset = [], 0
    while offset < len(content):
        length, shift = 0, 0
        while True:
            need(offset < len(content) and shift <= 21, "malformedBody", "event length")
            byte = content[offset]
            offset, length, shift = offset + 1, length | (byte & 127) << shift, shift + 7
            if byte < 128:
                need(byte or shift == 7, "malformedBody", "event length")
                break
        need(offset + length <= len(content), "malformedBody", "event length")
        events.append(content[offset:offset + length])
        offset += length
    need(len(events) == count, "malformedBody", "event count")
    return events


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def root(leaves):
    if len(leaves) == 1:
        return leaves[0]
    k = 1 << (len(leaves) - 1).bit_length() - 1
    return sha(b"\1", root(leaves[:k]), root(leaves[k:]))


def open_frame(frame, key):
    header = read_header(frame)
    need(len(frame) == 168 + header["body_length"], "truncated")
    sealing, commitment, blinding = derive(key, header["salt"])
    need(commitment == header["key_commitment"], "wrongKey")
    try:
        padded = AESGCM(sealing).decrypt(bytes(12), frame[168:], frame[:168])
    except InvalidTag:
        raise Refused("notAuthentic", "") from None
    events = split(unpack(padded), header["event_count"])
    stream = Cipher(algorithms.AES(blinding), modes.CTR(bytes(16))).encryptor()
    blinds = stream.update(bytes(16 * len(events)))
    leaves = [sha(b"\0", blinds[16 * j:16 * j + 16], e) for j, e in enumerate(events)]
    need(root(leaves) == header["event_root"], "malformedBody", "event root")
    return header, events


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    for event in open_frame(pathlib.Path(sys.argv[1]).read_bytes(), bytes.fromhex(sys.argv[2]))[1]:
        print(event.hex())
