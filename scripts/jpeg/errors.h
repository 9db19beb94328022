#include <stdio.h>
#include "jpeglib.h"

/* Handlers that throw in JavaScript at an error, and count warnings. */
struct jpeg_error_mgr *error_handlers(void);
