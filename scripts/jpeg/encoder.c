/*
 * Encodes RGB as JPEG with chroma at half resolution and standard Huffman codes. Conversion to YCbCr, the transform and
 * quantisation use vector instructions; libjpeg-turbo writes the codes.
 */
#include <stdlib.h>
#include <string.h>
#define JPEG_INTERNALS
#include "jinclude.h"
#include "jpeglib.h"
#include "errors.h"
#include "export.h"
#include "lanes.h"

/* Luma rows of a unit (MCU), and its columns. */
enum { UNIT = 16 };

/* ---- RGB to YCbCr, with weights of 15 fraction bits. */

/* Luma of 8 pixels, as 16 bits. */
static inline v luma(v red, v green, v blue) {
  const v one = wasm_i16x8_splat(1), half_blue = PAIR(3736, 16384), red_green = PAIR(9798, 19234);
  v left = wasm_i32x4_add(wasm_i32x4_dot_i16x8(LOW(red, green), red_green), wasm_i32x4_dot_i16x8(LOW(blue, one), half_blue));
  v right = wasm_i32x4_add(wasm_i32x4_dot_i16x8(HIGH(red, green), red_green), wasm_i32x4_dot_i16x8(HIGH(blue, one), half_blue));
  return wasm_i16x8_narrow_i32x4(wasm_i32x4_shr(left, 15), wasm_i32x4_shr(right, 15));
}

/* Chroma of 8 boxes of four pixels, given the sums of their colours. */
static inline v chroma(v red, v green, v blue, v red_green, v only_blue) {
  const v zero = wasm_i16x8_splat(0), offset = wasm_i32x4_splat((128 << 17) + (1 << 16));
  v left = wasm_i32x4_add(wasm_i32x4_dot_i16x8(LOW(red, green), red_green), wasm_i32x4_dot_i16x8(LOW(blue, zero), only_blue));
  v right = wasm_i32x4_add(wasm_i32x4_dot_i16x8(HIGH(red, green), red_green), wasm_i32x4_dot_i16x8(HIGH(blue, zero), only_blue));
  left = wasm_i32x4_shr(wasm_i32x4_add(left, offset), 17);
  right = wasm_i32x4_shr(wasm_i32x4_add(right, offset), 17);
  v both = wasm_i16x8_narrow_i32x4(left, right);
  return wasm_u8x16_narrow_i16x8(both, both);
}

/* Two rows of `width` pixels, a multiple of 16, to two rows of luma and one of chroma. */
static void convert(const unsigned char *rows[2], int width, JSAMPLE *lumas[2], JSAMPLE *cb, JSAMPLE *cr) {
  for (int x = 0; x < width; x += 16) {
    v sums[3];
    for (int row = 0; row < 2; row++) {
      const unsigned char *at = rows[row] + 3 * x;
      const v a = wasm_v128_load(at), b = wasm_v128_load(at + 16), c = wasm_v128_load(at + 32);
      const v red = RED(a, b, c), green = GREEN(a, b, c), blue = BLUE(a, b, c);
      v left = luma(wasm_u16x8_extend_low_u8x16(red), wasm_u16x8_extend_low_u8x16(green), wasm_u16x8_extend_low_u8x16(blue));
      v right = luma(wasm_u16x8_extend_high_u8x16(red), wasm_u16x8_extend_high_u8x16(green), wasm_u16x8_extend_high_u8x16(blue));
      wasm_v128_store(lumas[row] + x, wasm_u8x16_narrow_i16x8(left, right));
      const v pairs[3] = { wasm_u16x8_extadd_pairwise_u8x16(red), wasm_u16x8_extadd_pairwise_u8x16(green),
                           wasm_u16x8_extadd_pairwise_u8x16(blue) };
      for (int i = 0; i < 3; i++) sums[i] = row == 0 ? pairs[i] : wasm_i16x8_add(sums[i], pairs[i]);
    }
    wasm_v128_store64_lane(cb + x / 2, chroma(sums[0], sums[1], sums[2], PAIR(-5529, -10855), PAIR(16384, 0)), 0);
    wasm_v128_store64_lane(cr + x / 2, chroma(sums[0], sums[1], sums[2], PAIR(16384, -13720), PAIR(-2664, 0)), 0);
  }
}

/* ---- Forward DCT after Arai, Agui and Nakajima (jfdctfst.c), 8 columns at a time; its scale is in the divisors. */

static inline v times(v a, short factor) { return wasm_i16x8_q15mulr_sat(a, wasm_i16x8_splat(factor)); }

static inline void transform(v *r) {
  v s0 = wasm_i16x8_add(r[0], r[7]), d0 = wasm_i16x8_sub(r[0], r[7]), s1 = wasm_i16x8_add(r[1], r[6]), d1 = wasm_i16x8_sub(r[1], r[6]);
  v s2 = wasm_i16x8_add(r[2], r[5]), d2 = wasm_i16x8_sub(r[2], r[5]), s3 = wasm_i16x8_add(r[3], r[4]), d3 = wasm_i16x8_sub(r[3], r[4]);
  v e0 = wasm_i16x8_add(s0, s3), e3 = wasm_i16x8_sub(s0, s3), e1 = wasm_i16x8_add(s1, s2), e2 = wasm_i16x8_sub(s1, s2);
  r[0] = wasm_i16x8_add(e0, e1);
  r[4] = wasm_i16x8_sub(e0, e1);
  v z1 = times(wasm_i16x8_add(e2, e3), 23170); /* 0.707106781 */
  r[2] = wasm_i16x8_add(e3, z1);
  r[6] = wasm_i16x8_sub(e3, z1);
  v o0 = wasm_i16x8_add(d3, d2), o1 = wasm_i16x8_add(d2, d1), o2 = wasm_i16x8_add(d1, d0);
  v z5 = times(wasm_i16x8_sub(o0, o2), 12540);                                /* 0.382683433 */
  v z2 = wasm_i16x8_add(times(o0, 17734), z5);                                /* 0.541196100 */
  v z4 = wasm_i16x8_add(wasm_i16x8_add(o2, times(o2, 10045)), z5);            /* 1.306562965 */
  v z3 = times(o1, 23170);
  v z11 = wasm_i16x8_add(d0, z3), z13 = wasm_i16x8_sub(d0, z3);
  r[5] = wasm_i16x8_add(z13, z2);
  r[3] = wasm_i16x8_sub(z13, z2);
  r[1] = wasm_i16x8_add(z11, z4);
  r[7] = wasm_i16x8_sub(z11, z4);
}

/* Reciprocals of quantisation steps times the transform's scale, for luma and chroma. */
static float factors[2][DCTSIZE2];

static void prepare_factors(j_compress_ptr cinfo) {
  static const float scale[8] = { 1, 1.387039845f, 1.306562965f, 1.175875602f, 1, 0.785694958f, 0.541196100f, 0.275899379f };
  for (int table = 0; table < 2; table++)
    for (int i = 0; i < DCTSIZE2; i++)
      factors[table][i] = 1 / (8 * scale[i / 8] * scale[i % 8] * cinfo->quant_tbl_ptrs[table]->quantval[i]);
}

/* Four values divided and rounded. Adding 1.5 * 2^23 leaves the nearest integer in the low bits. */
static inline v quotient(v values, const float *factor) {
  const v magic = wasm_f32x4_splat(12582912);
  v scaled = wasm_f32x4_mul(wasm_f32x4_convert_i32x4(values), wasm_v128_load(factor));
  return wasm_i32x4_sub(wasm_f32x4_add(scaled, magic), magic);
}

static void forward_dct(j_compress_ptr cinfo, jpeg_component_info *component, JSAMPARRAY rows, JBLOCKROW blocks,
                        JDIMENSION top, JDIMENSION left, JDIMENSION count) {
  const float *factor = factors[component->quant_tbl_no];
  const v middle = wasm_i16x8_splat(128), most = wasm_i16x8_splat(1023), least = wasm_i16x8_splat(-1023);
  for (JDIMENSION n = 0; n < count; n++, left += 8) {
    v r[8];
    for (int i = 0; i < 8; i++) r[i] = wasm_i16x8_sub(wasm_u16x8_load8x8(rows[top + i] + left), middle);
    transform(r);
    transpose(r);
    transform(r);
    transpose(r);
    for (int i = 0; i < 8; i++) {
      v whole = wasm_i16x8_narrow_i32x4(quotient(wasm_i32x4_extend_low_i16x8(r[i]), factor + 8 * i),
                                        quotient(wasm_i32x4_extend_high_i16x8(r[i]), factor + 8 * i + 4));
      wasm_v128_store(blocks[n] + 8 * i, wasm_i16x8_max(wasm_i16x8_min(whole, most), least));
    }
  }
}

/* ---- */

static unsigned char *encoded;
static unsigned long encoded_length;

/* Copies a row and repeats its last pixel up to `padded` pixels. */
static void pad(unsigned char *out, const unsigned char *row, int width, int padded) {
  memcpy(out, row, 3 * (size_t)width);
  for (int x = width; x < padded; x++) memcpy(out + 3 * x, row + 3 * (width - 1), 3);
}

/* Returns where the file is, NULL if there is not enough memory; `encodedLength` is its length. */
EXPORT(encode) unsigned char *encode(const unsigned char *pixels, int width, int height, int quality) {
  const int padded = (width + UNIT - 1) / UNIT * UNIT;
  encoded_length = 4096 + (size_t)width * height / 2; /* grows when that is not enough */
  encoded = malloc(encoded_length);
  unsigned char *memory = malloc(padded * (2 * 3 + UNIT + UNIT / 2));
  if (!encoded || !memory) return NULL;
  unsigned char *first = encoded;
  struct jpeg_compress_struct output;
  output.err = error_handlers();
  jpeg_create_compress(&output);
  jpeg_mem_dest(&output, &encoded, &encoded_length);
  output.image_width = width;
  output.image_height = height;
  output.input_components = 3;
  output.in_color_space = JCS_RGB;
  jpeg_set_defaults(&output);
  jpeg_set_quality(&output, quality, TRUE);
  output.raw_data_in = TRUE;
  output.dct_method = JDCT_IFAST;
  jpeg_start_compress(&output, TRUE);
  prepare_factors(&output);
  output.fdct->forward_DCT = forward_dct;
  unsigned char *source[2] = { memory, memory + 3 * padded };
  JSAMPROW lumas[UNIT], cbs[UNIT / 2], crs[UNIT / 2];
  JSAMPARRAY planes[3] = { lumas, cbs, crs };
  for (int i = 0; i < UNIT; i++) lumas[i] = memory + padded * (6 + i);
  for (int i = 0; i < UNIT / 2; i++) {
    cbs[i] = memory + padded * (6 + UNIT) + padded / 2 * i;
    crs[i] = memory + padded * (6 + UNIT) + padded / 2 * (UNIT / 2 + i);
  }
  for (int top = 0; top < height; top += UNIT) {
    for (int i = 0; i < UNIT; i += 2) {
      for (int row = 0; row < 2; row++) {
        const int y = top + i + row < height ? top + i + row : height - 1;
        pad(source[row], pixels + 3 * (size_t)width * y, width, padded);
      }
      convert((const unsigned char **)source, padded, lumas + i, cbs[i / 2], crs[i / 2]);
    }
    jpeg_write_raw_data(&output, planes, UNIT);
  }
  jpeg_finish_compress(&output);
  jpeg_destroy_compress(&output);
  free(memory);
  if (encoded != first) free(first);
  return encoded;
}

EXPORT(encodedLength) unsigned long encoded_size(void) { return encoded_length; }
