// Cryptography: hash, derive, seal, sign.
//
// Bulk work (SHA-256, HKDF, AES-256-GCM) uses libcrypto with reused contexts; signatures use
// swift-crypto, which clients on other platforms share. Nothing here knows frames, money or files.
//
// Invariants: a key is held in a `SecretKey`, which zeroes itself; `sealOnce` is called at most
// once per key, because its nonce is constant; no error says anything about content.
