/*
 * main: nothing but the way in; commands.c decides.
 */
#include "app/commands.h"

#include <unistd.h>

int
main(int argc, char **argv)
{
	return commands_main(argc, argv, environ);
}
