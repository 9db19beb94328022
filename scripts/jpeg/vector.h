#include <stdio.h>
#include "jpeglib.h"

/* Replaces inner loops by vectorised ones. Call after jpeg_start_decompress. */
void use_vectors(j_decompress_ptr cinfo);
