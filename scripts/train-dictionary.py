#!/usr/bin/env python3
"""Trains the zstd dictionary of a frame suite on synthetic provider events.

    python3 -m venv venv && venv/bin/pip install protobuf zstandard
    venv/bin/python scripts/train-dictionary.py            # measure the committed dictionary
    venv/bin/python scripts/train-dictionary.py --train    # make a new one: only for a new suite

The events are made up from a seed (synthetic_events.py), with the messages of
Schemas/schemas.binpb. No row of a data set goes in: a dictionary is public and would give it away.
The same seed and libzstd give the same bytes. `--train` writes
Schemas/dictionaries/SUITE-HASH.dict and Sources/Frame/Dictionaries.swift. A released suite's
dictionary is never replaced: frames that were sealed with it could not be opened any more.
"""
import argparse, base64, hashlib, pathlib, sys
import zstandard
from synthetic_events import World, body

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDER = ROOT / "Schemas" / "dictionaries"
SUITE, SIZE, LEVEL = 1, 16 * 1024, 3
DICTIONARY_ID = 0x4A424631  # JBF1; frames do not carry it


def samples(world, count):
    r = world.r
    for _ in range(count):
        kind = r.choices([world.approvals, world.bank, world.wallet, world.invest, world.reports],
                         [60, 20, 6, 4, 10])[0]
        yield body(kind(r.choices([1, 3, 25], [30, 20, 50])[0]))


def padme(count):
    if count <= 32:
        return 32
    exponent = count.bit_length() - 1
    mask = (1 << max(0, exponent - exponent.bit_length())) - 1
    return (count + mask) & ~mask


def measure(dictionary):
    packer = zstandard.ZstdCompressor(
        level=LEVEL, dict_data=zstandard.ZstdCompressionDict(dictionary), write_dict_id=False)
    for title, chains in (("chains and made-up shops", True), ("made-up shops only", False)):
        for a_frame in (1, 25, 100):
            world = World(f"held out {chains} {a_frame}", chains)
            clear = packed = padded = 0
            for _ in range(1_000):
                raw = body(world.approvals(a_frame))
                clear += len(raw)
                size = len(packer.compress(raw))
                packed += size
                padded += padme(size) + 16
            events = 1_000 * a_frame
            print(f"card approvals, {title}, {a_frame:3} a frame: {clear / events:5.1f} B clear,"
                  f" {packed / events:5.1f} packed, {padded / events:5.1f} with padding and tag")


def write(dictionary):
    name = f"{SUITE}-{hashlib.sha256(dictionary).hexdigest()[:16]}.dict"
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / name).write_bytes(dictionary)
    text = base64.b64encode(dictionary).decode()
    lines = "\\\n".join("        " + text[i:i + 88] for i in range(0, len(text), 88))
    template = (ROOT / "Sources/Frame/Dictionaries.swift").read_text()
    head, rest = template.split('"""\n', 1)
    tail = rest.split('        """', 1)[1]
    (ROOT / "Sources/Frame/Dictionaries.swift").write_text(
        head + '"""\n' + lines + '\n        """' + tail)
    print(name)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--train", action="store_true")
    if parser.parse_args().train:
        world = World("suite 1")
        learned = zstandard.train_dictionary(
            SIZE, list(samples(world, 12_000)), level=LEVEL, dict_id=DICTIONARY_ID,
            k=40, d=6, f=20, split_point=1.0, accel=1)
        write(learned.as_bytes())
    found = sorted(FOLDER.glob(f"{SUITE}-*.dict"))
    if len(found) != 1:
        sys.exit(f"{len(found)} dictionaries of suite {SUITE}, expected one")
    measure(found[0].read_bytes())


if __name__ == "__main__":
    main()
