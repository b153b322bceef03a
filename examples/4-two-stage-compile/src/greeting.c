#include "greeting.h"

#include <stdio.h>

void greet(const char *name) {
  printf("hello, %s (%s)\n", name, VERSION);
}
