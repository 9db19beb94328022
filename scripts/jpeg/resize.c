/*
 * Resizing of RGB pixels, [height, width, 3], with vector instructions. Inputs need 48 readable bytes after their end,
 * outputs 24 writable ones.
 */
#include <stddef.h>
#include "export.h"
#include "lanes.h"

/*
 * The two passes of Pillow's bilinear resizing, with weights of 22 fraction bits (see resize.ts), bit for bit. A weight
 * w is high * 2048 + low, both of 16 bits, so that one instruction multiplies and adds two pixels. `weights` holds, for
 * each output and two inputs k and k + 1, the pairs (high k, high k + 1) and (low k, low k + 1): `taps` inputs, a multiple
 * of 4, of which those after `counts` weigh 0.
 */
#define HIGH_PAIR(weight) wasm_v128_load32_splat(weight)
#define LOW_PAIR(weight) wasm_v128_load32_splat((weight) + 1)

/* The first three bytes of the result are the colour. */
static inline v rounded(v high, v low) {
  v sum = wasm_i32x4_add(wasm_i32x4_add(wasm_i32x4_shl(high, 11), low), wasm_i32x4_splat(1 << 21));
  sum = wasm_i32x4_shr(sum, 22);
  sum = wasm_i16x8_narrow_i32x4(sum, sum);
  return wasm_u8x16_narrow_i16x8(sum, sum);
}

/* Two neighbouring pixels as 16-bit pairs of each colour. */
#define FIRST(pixels) wasm_i8x16_swizzle(pixels, wasm_i8x16_const(0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1))
#define SECOND(pixels) wasm_i8x16_swizzle(pixels, wasm_i8x16_const(6, -1, 9, -1, 7, -1, 10, -1, 8, -1, 11, -1, -1, -1, -1, -1))

/* Along the rows, two at a time: [height, from, 3] to [height, width, 3]. */
EXPORT(resampleRows) void resample_rows(const unsigned char *in, int from, int height, const int *starts,
                                        const int *counts, const int *weights, int taps, unsigned char *out, int width) {
  for (int y = 0; y < height; y += 2) {
    const unsigned char *upper = in + 3 * (size_t)from * y, *lower = y + 1 < height ? upper + 3 * (size_t)from : upper;
    unsigned char *upper_out = out + 3 * (size_t)width * y;
    unsigned char *lower_out = y + 1 < height ? upper_out + 3 * (size_t)width : upper_out;
    for (int x = 0; x < width; x++) {
      const size_t start = 3 * (size_t)starts[x];
      const int *weight = weights + (size_t)x * taps;
      v high1 = wasm_i32x4_splat(0), low1 = high1, high2 = high1, low2 = high1;
      for (int k = 0; k < counts[x]; k += 4, weight += 4) {
        const v above = wasm_v128_load(upper + start + 3 * k), below = wasm_v128_load(lower + start + 3 * k);
        const v a = FIRST(above), b = FIRST(below), c = SECOND(above), d = SECOND(below);
        high1 = wasm_i32x4_add(high1, wasm_i32x4_dot_i16x8(a, HIGH_PAIR(weight)));
        low1 = wasm_i32x4_add(low1, wasm_i32x4_dot_i16x8(a, LOW_PAIR(weight)));
        high2 = wasm_i32x4_add(high2, wasm_i32x4_dot_i16x8(b, HIGH_PAIR(weight)));
        low2 = wasm_i32x4_add(low2, wasm_i32x4_dot_i16x8(b, LOW_PAIR(weight)));
        high1 = wasm_i32x4_add(high1, wasm_i32x4_dot_i16x8(c, HIGH_PAIR(weight + 2)));
        low1 = wasm_i32x4_add(low1, wasm_i32x4_dot_i16x8(c, LOW_PAIR(weight + 2)));
        high2 = wasm_i32x4_add(high2, wasm_i32x4_dot_i16x8(d, HIGH_PAIR(weight + 2)));
        low2 = wasm_i32x4_add(low2, wasm_i32x4_dot_i16x8(d, LOW_PAIR(weight + 2)));
      }
      const v first = rounded(high1, low1), second = rounded(high2, low2);
      /* Not four bytes, since the lower row begins where the upper one ends. */
      wasm_v128_store16_lane(upper_out + 3 * x, first, 0);
      wasm_v128_store8_lane(upper_out + 3 * x + 2, first, 2);
      wasm_v128_store32_lane(lower_out + 3 * x, second, 0);
    }
  }
}

/* Along the columns: [from, width, 3] to [height, width, 3]. */
EXPORT(resampleColumns) void resample_columns(const unsigned char *in, int width, const int *starts, const int *counts,
                                              const int *weights, int taps, unsigned char *out, int height) {
  const int length = 3 * width;
  for (int y = 0; y < height; y++, out += length) {
    const unsigned char *top = in + (size_t)starts[y] * length;
    for (int i = 0; i < length; i += 16) {
      const int *weight = weights + (size_t)y * taps;
      v high[4], low[4];
      for (int n = 0; n < 4; n++) high[n] = low[n] = wasm_i32x4_splat(0);
      for (int k = 0; k < counts[y]; k += 2, weight += 2) {
        const unsigned char *row = top + (size_t)k * length + i;
        const v a = wasm_v128_load(row), b = wasm_v128_load(k + 1 < counts[y] ? row + length : row);
        const v left = wasm_i8x16_shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
        const v right = wasm_i8x16_shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
        const v pairs[4] = { wasm_u16x8_extend_low_u8x16(left), wasm_u16x8_extend_high_u8x16(left),
                             wasm_u16x8_extend_low_u8x16(right), wasm_u16x8_extend_high_u8x16(right) };
        for (int n = 0; n < 4; n++) {
          high[n] = wasm_i32x4_add(high[n], wasm_i32x4_dot_i16x8(pairs[n], HIGH_PAIR(weight)));
          low[n] = wasm_i32x4_add(low[n], wasm_i32x4_dot_i16x8(pairs[n], LOW_PAIR(weight)));
        }
      }
      for (int n = 0; n < 4; n++) wasm_v128_store32_lane(out + i + 4 * n, rounded(high[n], low[n]), 0);
    }
  }
}

/* Rounded averages of 2 × 2 pixels, 16 pixels of two rows at a time. */
static void halve(const unsigned char *in, int from, unsigned char *out, int width) {
  const v half = wasm_i16x8_splat(2);
  for (int x = 0; x < width; x += 8, in += 48, out += 24) {
    v colours[3];
    for (int row = 0; row < 2; row++) {
      const unsigned char *at = in + 3 * (size_t)from * row;
      const v a = wasm_v128_load(at), b = wasm_v128_load(at + 16), c = wasm_v128_load(at + 32);
      const v sums[3] = { wasm_u16x8_extadd_pairwise_u8x16(RED(a, b, c)), wasm_u16x8_extadd_pairwise_u8x16(GREEN(a, b, c)),
                          wasm_u16x8_extadd_pairwise_u8x16(BLUE(a, b, c)) };
      for (int i = 0; i < 3; i++) colours[i] = row == 0 ? wasm_i16x8_add(sums[i], half) : wasm_i16x8_add(colours[i], sums[i]);
    }
    for (int i = 0; i < 3; i++) colours[i] = wasm_u16x8_shr(colours[i], 2);
    const v rg = wasm_u8x16_narrow_i16x8(colours[0], colours[1]), blue = wasm_u8x16_narrow_i16x8(colours[2], colours[2]);
    wasm_v128_store(out, wasm_i8x16_shuffle(rg, blue, 0, 8, 16, 1, 9, 17, 2, 10, 18, 3, 11, 19, 4, 12, 20, 5));
    const v rest = wasm_i8x16_shuffle(rg, blue, 13, 21, 6, 14, 22, 7, 15, 23, 0, 0, 0, 0, 0, 0, 0, 0);
    wasm_v128_store64_lane(out + 16, rest, 0);
  }
}

/*
 * Averages boxes of `across` × `down` pixels, at most 255 each, as Pillow's `reduce`: [height * down or more, from, 3] to
 * [height, width, 3]. Needs room for 3 * from + 16 sums.
 */
EXPORT(reduce) void reduce(const unsigned char *in, int from, int across, int down, unsigned char *out, int width,
                           int height, unsigned short *sums) {
  const int length = 3 * from;
  if (across == 2 && down == 2) {
    for (int y = 0; y < height; y++, in += 2 * (size_t)length, out += 3 * width) halve(in, from, out, width);
    return;
  }
  const v half = wasm_i32x4_splat(across * down / 2), factor = wasm_i32x4_splat((1 << 24) / (across * down));
  for (int y = 0; y < height; y++) {
    for (int i = 0; i < length; i += 16) {
      v left = wasm_i16x8_splat(0), right = left;
      const unsigned char *at = in + i;
      for (int row = 0; row < down; row++, at += length) {
        const v bytes = wasm_v128_load(at);
        left = wasm_i16x8_add(left, wasm_u16x8_extend_low_u8x16(bytes));
        right = wasm_i16x8_add(right, wasm_u16x8_extend_high_u8x16(bytes));
      }
      wasm_v128_store(sums + i, left);
      wasm_v128_store(sums + i + 8, right);
    }
    in += (size_t)length * down;
    const unsigned short *sum = sums;
    for (int x = 0; x < width; x++, out += 3) {
      v total = half;
      for (int column = 0; column < across; column++, sum += 3) {
        total = wasm_i32x4_add(total, wasm_u32x4_extend_low_u16x8(wasm_v128_load64_zero(sum)));
      }
      total = wasm_u32x4_shr(wasm_i32x4_mul(total, factor), 24);
      total = wasm_i16x8_narrow_i32x4(total, total);
      wasm_v128_store32_lane(out, wasm_u8x16_narrow_i16x8(total, total), 0);
    }
  }
}
