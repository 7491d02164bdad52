/*
 * process: what a daemon asks of its own process before it does anything.
 */
#ifndef APP_PROCESS_H
#define APP_PROCESS_H

/* No core dumps and no debugger of strangers, files for ourselves alone,
 * SIGPIPE ignored, as many descriptors as we may have. */
void process_harden(void);

/* How many descriptors it may have. */
unsigned process_files(void);

#endif
