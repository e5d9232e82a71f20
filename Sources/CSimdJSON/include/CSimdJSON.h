#pragma once
/// Version of the library that is linked, as MAJOR.MINOR.PATCH.
#ifdef __cplusplus
extern "C" {
#endif
const char *simdjson_version(void);
#ifdef __cplusplus
}
#endif
