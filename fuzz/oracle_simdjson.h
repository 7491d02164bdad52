/*
 * oracle_simdjson: what simdjson says of a JSON text.
 */
#ifndef ORACLE_SIMDJSON_H
#define ORACLE_SIMDJSON_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum oracle {
	ORACLE_ACCEPTS,
	ORACLE_REFUSES,
	ORACLE_NUMBER, /* a number does not fit its types */
	ORACLE_UNSURE, /* it could not tell */
};

enum oracle oracle_simdjson(const char *text, size_t n);

#ifdef __cplusplus
}
#endif

#endif
