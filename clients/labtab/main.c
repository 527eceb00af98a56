/* labtab: Labtab's API from the command line. */

#include "cli.h"

int main(int argc, char **argv)
{
    return cli_run(argc, argv);
}
