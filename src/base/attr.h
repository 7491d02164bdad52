/*
 * attr: what we tell the compiler beyond the language.
 *
 * The build has every automatic variable zeroed.  UNINITIALIZED takes one out:
 * a large array on the path of a call, each element of which is written before
 * it is read.
 */
#ifndef BASE_ATTR_H
#define BASE_ATTR_H

#ifdef __has_attribute
#if __has_attribute(uninitialized)
#define UNINITIALIZED __attribute__((uninitialized))
#endif
#endif
/* Keeps what is rare out of a short function, whose frame would grow. */
#define NOT_INLINE __attribute__((noinline))

#ifndef UNINITIALIZED
#define UNINITIALIZED
#endif

#endif
