/*
 * commands: from words to the command that they name.
 */
#ifndef APP_COMMANDS_H
#define APP_COMMANDS_H

/* Runs what argv asks for ("serve" without words); the exit status. */
int commands_main(int argc, char *const *argv, char *const *env);

#endif
