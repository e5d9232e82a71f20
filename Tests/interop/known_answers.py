"""Writes Schemas/vectors/cryptography.json by PyPI's `cryptography`, another implementation.

    .build-tools/venv/bin/python Tests/interop/known_answers.py > Schemas/vectors/cryptography.json

What the frame format uses of each primitive: HKDF's two forms, AES-256-GCM with a zero nonce,
the AES-256-CTR key stream from a zero counter block. Inputs come from SHA-256 of a counter.
"""
import hashlib, json
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def take(name, count):
    out = b""
    while len(out) < count:
        out += hashlib.sha256(f"{name} {len(out)}".encode()).digest()
    return out[:count]


def derive(key, salt, info, count):
    return HKDF(hashes.SHA256(), count, salt, info).derive(key)


hkdf, gcm, ctr = [], [], []
for index in range(12):
    key, salt = take(f"hkdf key {index}", 32), take(f"hkdf salt {index}", 16)
    info = b"jangbu frame 1" if index == 0 else take(f"hkdf info {index}", index * 11)
    hkdf.append({"key": key.hex(), "salt": salt.hex(), "info": info.hex(),
                 "derived": derive(key, salt, info, 96).hex()})
for index, count in enumerate((0, 1, 15, 16, 17, 31, 32, 33, 255, 1_000)):
    key, header = take(f"gcm key {index}", 32), take(f"gcm header {index}", index * 21)
    clear = take(f"gcm clear {index}", count)
    gcm.append({"key": key.hex(), "header": header.hex(), "clear": clear.hex(),
                "sealed": AESGCM(key).encrypt(bytes(12), clear, header).hex()})
for index, count in enumerate((0, 1, 16, 31, 400)):
    key = take(f"ctr key {index}", 32)
    stream = Cipher(algorithms.AES(key), modes.CTR(bytes(16))).encryptor().update(bytes(count))
    ctr.append({"key": key.hex(), "stream": stream.hex()})
print(json.dumps({"hkdf_sha256": hkdf, "aes_256_gcm_zero_nonce": gcm,
                  "aes_256_ctr_zero_counter": ctr}, indent=1))
