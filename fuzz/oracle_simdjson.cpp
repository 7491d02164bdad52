/* oracle_simdjson: see oracle_simdjson.h. */
#include "oracle_simdjson.h"

#include <simdjson.h>

extern "C" enum oracle
oracle_simdjson(const char *text, size_t n)
{
	static simdjson::dom::parser parser;
	simdjson::dom::element element;

	switch (parser.parse(text, n, true).get(element)) {
	case simdjson::SUCCESS:
		return ORACLE_ACCEPTS;
	case simdjson::NUMBER_ERROR:
		return ORACLE_NUMBER;
	case simdjson::CAPACITY:
	case simdjson::MEMALLOC:
	case simdjson::DEPTH_ERROR:
		return ORACLE_UNSURE;
	default:
		return ORACLE_REFUSES;
	}
}
