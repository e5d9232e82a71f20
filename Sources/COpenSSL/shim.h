// The one-shot and streaming SHA-256 calls are deprecated in favour of EVP, whose context set-up
// costs more than hashing one event; they are still the documented way to hash without allocation.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
