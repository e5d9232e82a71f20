#include "CSimdJSON.h"
#include <simdjson.h>

#define TEXT2(x) #x
#define TEXT(x) TEXT2(x)

extern "C" const char *simdjson_version(void) { return TEXT(SIMDJSON_VERSION); }
