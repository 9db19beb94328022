/* Turning and mirroring of RGB pixels. */
#include <stddef.h>
#include "export.h"

/* Both sides of a tile stay in the processor's cache. */
enum { TILE = 16 };

/* Copies to [height, width, 3]; the pixel at column x, row y comes from in + start + x * across + y * down. */
EXPORT(orient) void orient(const unsigned char *in, int start, int across, int down, unsigned char *out, int width,
                           int height) {
  for (int top = 0; top < height; top += TILE) {
    for (int left = 0; left < width; left += TILE) {
      for (int y = top; y < top + TILE && y < height; y++) {
        const unsigned char *from = in + start + (ptrdiff_t)y * down + (ptrdiff_t)left * across;
        unsigned char *to = out + 3 * ((size_t)y * width + left);
        for (int x = left; x < left + TILE && x < width; x++, from += across, to += 3) {
          to[0] = from[0];
          to[1] = from[1];
          to[2] = from[2];
        }
      }
    }
  }
}
