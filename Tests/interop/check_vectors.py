#!/usr/bin/env python3
"""Checks all vectors in a folder with frame_reader.py: check_vectors.py Schemas/vectors/frame"""
import json, pathlib, sys
from frame_reader import FIELDS, Refused, derive, open_frame, sha


def climb(index, count, leaf, path):
    """Root of a tree of `count` leaves by an inclusion proof, or None if it is too short."""
    if count == 1:
        return leaf if not path else None
    k = 1 << (count - 1).bit_length() - 1
    if not path:
        return None
    if index < k:
        below = climb(index, k, leaf, path[:-1])
        return below and sha(b"\1", below, path[-1])
    below = climb(index - k, count - k, leaf, path[:-1])
    return below and sha(b"\1", path[-1], below)


def check(folder):
    failures = checked = 0
    for file in sorted(pathlib.Path(folder).glob("*.json")):
        vector = json.loads(file.read_text())
        cases = vector.get("cases") or [vector]
        for case in cases:
            checked += 1
            wrong = check_rejected(case, vector) if "error" in case else check_good(case)
            failures += bool(wrong)
            if wrong:
                print(f"{file.name} {case['name']}: {wrong}")
    print(f"{checked} vectors checked, {failures} failed")
    return 1 if failures or not checked else 0


def check_rejected(case, vector):
    try:
        open_frame(bytes.fromhex(case["frame"]), bytes.fromhex(case.get("key", vector["key"])))
    except Refused as refused:
        given = refused.args
    else:
        given = ("opened", "")
    return given != (case["error"], case["part"]) and f"gave {given}"


def check_good(case):
    frame = bytes.fromhex(case["frame"])
    header, events = open_frame(frame, bytes.fromhex(case["key"]))
    keys = derive(bytes.fromhex(case["key"]), header["salt"])
    names = ("sealing_key", "key_commitment", "blinding_key")
    wrong = [name for name, key in zip(names, keys) if key.hex() != case[name]]
    for name in FIELDS[2:]:
        value = header[name]
        if (value.hex() if isinstance(value, bytes) else str(value)) != case[name]:
            wrong.append(name)
    if [event.hex() for event in events] != case["events"]:
        wrong.append("events")
    if sha(b"\0", frame).hex() != case["leaf"]:
        wrong.append("leaf")
    proof = case["proof"]
    leaf = sha(b"\0", bytes.fromhex(proof["blind"]), bytes.fromhex(proof["event"]))
    path = [bytes.fromhex(step) for step in proof["path"]]
    index = int(proof["index"])
    if climb(index, header["event_count"], leaf, path) != header["event_root"]:
        wrong.append("proof")
    return ", ".join(wrong)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(check(sys.argv[1]))
