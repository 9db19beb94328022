/*
 * The inner loops of decoding, with WebAssembly's vector instructions. They take the place of libjpeg-turbo's C
 * functions once decompression has started, and give the same bytes.
 */
#define JPEG_INTERNALS
#include "jinclude.h"
#include "jpeglib.h"
#include "jdct.h"
#include "jdsample.h"
#include "lanes.h"
#include "vector.h"

/* ---- Inverse DCT: jidctint.c as libjpeg-turbo vectorises it, 8 columns at a time in 16 bits. */

#define F(x) ((short)((x) * 8192 + 0.5))
enum {
  F_0_298 = 2446, F_0_390 = 3196, F_0_541 = 4433, F_0_765 = 6270, F_0_899 = 7373, F_1_175 = 9633,
  F_1_501 = 12299, F_1_847 = 15137, F_1_961 = 16069, F_2_053 = 16819, F_2_562 = 20995, F_3_072 = 25172
};

typedef struct { v low, high; } wide;
static inline wide dot(v a, v b, v weights) {
  return (wide){ wasm_i32x4_dot_i16x8(LOW(a, b), weights), wasm_i32x4_dot_i16x8(HIGH(a, b), weights) };
}
static inline wide plus(wide a, wide b) { return (wide){ wasm_i32x4_add(a.low, b.low), wasm_i32x4_add(a.high, b.high) }; }
static inline wide minus(wide a, wide b) { return (wide){ wasm_i32x4_sub(a.low, b.low), wasm_i32x4_sub(a.high, b.high) }; }
static inline wide scaled(v a) {
  return (wide){ wasm_i32x4_shl(wasm_i32x4_extend_low_i16x8(a), 13), wasm_i32x4_shl(wasm_i32x4_extend_high_i16x8(a), 13) };
}
#define DESCALED(a, shift, half) \
  wasm_i16x8_narrow_i32x4(wasm_i32x4_shr(wasm_i32x4_add((a).low, half), shift), \
                          wasm_i32x4_shr(wasm_i32x4_add((a).high, half), shift))

static inline __attribute__((always_inline)) void transform(v *r, const int shift) {
  const v half = wasm_i32x4_splat(1 << (shift - 1));
  wide t3 = dot(r[2], r[6], PAIR(F_0_541 + F_0_765, F_0_541));
  wide t2 = dot(r[2], r[6], PAIR(F_0_541, F_0_541 - F_1_847));
  wide t0 = scaled(wasm_i16x8_add(r[0], r[4]));
  wide t1 = scaled(wasm_i16x8_sub(r[0], r[4]));
  wide e0 = plus(t0, t3), e3 = minus(t0, t3), e1 = plus(t1, t2), e2 = minus(t1, t2);
  v z3 = wasm_i16x8_add(r[7], r[3]), z4 = wasm_i16x8_add(r[5], r[1]);
  wide w3 = dot(z3, z4, PAIR(F_1_175 - F_1_961, F_1_175));
  wide w4 = dot(z3, z4, PAIR(F_1_175, F_1_175 - F_0_390));
  wide o0 = plus(dot(r[7], r[1], PAIR(F_0_298 - F_0_899, -F_0_899)), w3);
  wide o3 = plus(dot(r[7], r[1], PAIR(-F_0_899, F_1_501 - F_0_899)), w4);
  wide o1 = plus(dot(r[5], r[3], PAIR(F_2_053 - F_2_562, -F_2_562)), w4);
  wide o2 = plus(dot(r[5], r[3], PAIR(-F_2_562, F_3_072 - F_2_562)), w3);
  r[0] = DESCALED(plus(e0, o3), shift, half);
  r[7] = DESCALED(minus(e0, o3), shift, half);
  r[1] = DESCALED(plus(e1, o2), shift, half);
  r[6] = DESCALED(minus(e1, o2), shift, half);
  r[2] = DESCALED(plus(e2, o1), shift, half);
  r[5] = DESCALED(minus(e2, o1), shift, half);
  r[3] = DESCALED(plus(e3, o0), shift, half);
  r[4] = DESCALED(minus(e3, o0), shift, half);
}

static void inverse_dct(j_decompress_ptr cinfo, jpeg_component_info *component, JCOEFPTR block, JSAMPARRAY rows,
                        JDIMENSION column) {
  const short *quant = (const short *)component->dct_table;
  v r[8];
  for (int i = 0; i < 8; i++) r[i] = wasm_i16x8_mul(wasm_v128_load(block + 8 * i), wasm_v128_load(quant + 8 * i));
  v rest = wasm_v128_or(wasm_v128_or(wasm_v128_or(r[1], r[2]), wasm_v128_or(r[3], r[4])),
                        wasm_v128_or(wasm_v128_or(r[5], r[6]), r[7]));
  if (!wasm_v128_any_true(rest)) {
    /* Only the first row: every column is constant. */
    for (int i = 7; i >= 0; i--) r[i] = wasm_i16x8_shl(r[0], 2);
  } else {
    transform(r, 11);
  }
  transpose(r);
  transform(r, 18);
  transpose(r);
  const v offset = wasm_i8x16_splat((signed char)0x80);
  for (int i = 0; i < 8; i += 2) {
    v both = wasm_i8x16_add(wasm_i8x16_narrow_i16x8(r[i], r[i + 1]), offset);
    wasm_v128_store64_lane(rows[i] + column, both, 0);
    wasm_v128_store64_lane(rows[i + 1] + column, both, 1);
  }
}

/* ---- YCbCr to RGB: jdcolext.c. Its tables are products rounded to 16 bits; parts above 32,767 are added whole. */

static inline int clamp(int value) { return value < 0 ? 0 : value > 255 ? 255 : value; }

static void ycc_to_rgb(j_decompress_ptr cinfo, JSAMPIMAGE planes, JDIMENSION row, JSAMPARRAY out_rows, int count) {
  const JDIMENSION width = cinfo->output_width;
  const v middle = wasm_i16x8_splat(128), half = wasm_i32x4_splat(32768);
  /* Halves of 26345 and -14942, rounded to 15 instead of 16 bits: the same products for all 256 values of chroma. */
  const v red_weight = wasm_i16x8_splat(13172), blue_weight = wasm_i16x8_splat(-7471);
  const v green_weights = PAIR(-22554, 18734);
  for (; count > 0; count--, row++) {
    const JSAMPLE *luma = planes[0][row], *cbs = planes[1][row], *crs = planes[2][row];
    JSAMPLE *out = *out_rows++;
    JDIMENSION x = 0;
    for (; x + 16 <= width; x += 16, out += 48) {
      v ys = wasm_v128_load(luma + x), cb8 = wasm_v128_load(cbs + x), cr8 = wasm_v128_load(crs + x);
      v r[2], g[2], b[2];
#define EIGHT(n, extend) { \
      v y = extend(ys), cb = wasm_i16x8_sub(extend(cb8), middle), cr = wasm_i16x8_sub(extend(cr8), middle); \
      v red = wasm_i16x8_q15mulr_sat(cr, red_weight), blue = wasm_i16x8_q15mulr_sat(cb, blue_weight); \
      v green = wasm_i16x8_narrow_i32x4( \
        wasm_i32x4_shr(wasm_i32x4_add(wasm_i32x4_dot_i16x8(LOW(cb, cr), green_weights), half), 16), \
        wasm_i32x4_shr(wasm_i32x4_add(wasm_i32x4_dot_i16x8(HIGH(cb, cr), green_weights), half), 16)); \
      r[n] = wasm_i16x8_add(wasm_i16x8_add(y, cr), red); \
      b[n] = wasm_i16x8_add(wasm_i16x8_add(y, wasm_i16x8_add(cb, cb)), blue); \
      g[n] = wasm_i16x8_add(wasm_i16x8_sub(y, cr), green); }
      EIGHT(0, wasm_u16x8_extend_low_u8x16)
      EIGHT(1, wasm_u16x8_extend_high_u8x16)
      v red = wasm_u8x16_narrow_i16x8(r[0], r[1]), green = wasm_u8x16_narrow_i16x8(g[0], g[1]);
      v blue = wasm_u8x16_narrow_i16x8(b[0], b[1]);
      v rg0 = wasm_i8x16_shuffle(red, green, 0, 16, 0, 1, 17, 0, 2, 18, 0, 3, 19, 0, 4, 20, 0, 5);
      v rg1 = wasm_i8x16_shuffle(red, green, 21, 0, 6, 22, 0, 7, 23, 0, 8, 24, 0, 9, 25, 0, 10, 26);
      v rg2 = wasm_i8x16_shuffle(red, green, 0, 11, 27, 0, 12, 28, 0, 13, 29, 0, 14, 30, 0, 15, 31, 0);
      wasm_v128_store(out, wasm_i8x16_shuffle(rg0, blue, 0, 1, 16, 3, 4, 17, 6, 7, 18, 9, 10, 19, 12, 13, 20, 15));
      wasm_v128_store(out + 16, wasm_i8x16_shuffle(rg1, blue, 0, 21, 2, 3, 22, 5, 6, 23, 8, 9, 24, 11, 12, 25, 14, 15));
      wasm_v128_store(out + 32, wasm_i8x16_shuffle(rg2, blue, 26, 1, 2, 27, 4, 5, 28, 7, 8, 29, 10, 11, 30, 13, 14, 31));
    }
    for (; x < width; x++, out += 3) {
      int y = luma[x], cb = cbs[x] - 128, cr = crs[x] - 128;
      out[0] = clamp(y + cr + ((26345 * cr + 32768) >> 16));
      out[1] = clamp(y - cr + ((-22554 * cb + 18734 * cr + 32768) >> 16));
      out[2] = clamp(y + 2 * cb + ((-14942 * cb + 32768) >> 16));
    }
  }
}

/* ---- Smooth upsampling of chroma: jdsample.c. Columns beside the picture count as copies of the outermost ones. */

static short *sums;

/* From `width` sums, which have a copy of the outermost on both sides, to twice as many pixels. */
static inline __attribute__((always_inline)) void widen(const short *sum, JDIMENSION width, JSAMPLE *out, const int even,
                                                        const int odd, const int shift) {
  JDIMENSION x = 0;
  const v even_bias = wasm_i16x8_splat(even), odd_bias = wasm_i16x8_splat(odd), three = wasm_i16x8_splat(3);
  for (; x + 8 <= width; x += 8) {
    v here = wasm_i16x8_mul(wasm_v128_load(sum + x + 1), three);
    v left = wasm_u16x8_shr(wasm_i16x8_add(wasm_i16x8_add(here, wasm_v128_load(sum + x)), even_bias), shift);
    v right = wasm_u16x8_shr(wasm_i16x8_add(wasm_i16x8_add(here, wasm_v128_load(sum + x + 2)), odd_bias), shift);
    wasm_v128_store(out + 2 * x, wasm_v128_or(left, wasm_i16x8_shl(right, 8)));
  }
  for (; x < width; x++) {
    out[2 * x] = (3 * sum[x + 1] + sum[x] + even) >> shift;
    out[2 * x + 1] = (3 * sum[x + 1] + sum[x + 2] + odd) >> shift;
  }
}

static void h2v2(j_decompress_ptr cinfo, jpeg_component_info *component, JSAMPARRAY in, JSAMPARRAY *out_ptr) {
  const JDIMENSION width = component->downsampled_width;
  const v three = wasm_i16x8_splat(3);
  for (int row = 0; row < cinfo->max_v_samp_factor; row++) {
    const JSAMPLE *here = in[row / 2], *other = in[row / 2 + (row % 2 ? 1 : -1)];
    JDIMENSION x = 0;
    for (; x + 8 <= width; x += 8) {
      v a = wasm_i16x8_mul(wasm_u16x8_load8x8(here + x), three);
      wasm_v128_store(sums + x + 1, wasm_i16x8_add(a, wasm_u16x8_load8x8(other + x)));
    }
    for (; x < width; x++) sums[x + 1] = 3 * here[x] + other[x];
    sums[0] = sums[1];
    sums[width + 1] = sums[width];
    widen(sums, width, (*out_ptr)[row], 8, 7, 4);
  }
}

static void h2v1(j_decompress_ptr cinfo, jpeg_component_info *component, JSAMPARRAY in, JSAMPARRAY *out_ptr) {
  const JDIMENSION width = component->downsampled_width;
  for (int row = 0; row < cinfo->max_v_samp_factor; row++) {
    for (JDIMENSION x = 0; x < width; x++) sums[x + 1] = in[row][x];
    sums[0] = sums[1];
    sums[width + 1] = sums[width];
    widen(sums, width, (*out_ptr)[row], 1, 2, 2);
  }
}

void use_vectors(j_decompress_ptr cinfo) {
  if (cinfo->dct_method == JDCT_ISLOW) {
    for (int i = 0; i < cinfo->num_components; i++) {
      if (cinfo->comp_info[i].DCT_scaled_size == 8 && cinfo->comp_info[i].component_needed)
        cinfo->idct->inverse_DCT[i] = inverse_dct;
    }
  }
  if (cinfo->out_color_space != JCS_RGB || cinfo->jpeg_color_space != JCS_YCbCr) return;
  cinfo->cconvert->color_convert = ycc_to_rgb;
  sums = cinfo->mem->alloc_large((j_common_ptr)cinfo, JPOOL_IMAGE, (cinfo->output_width + 16) * sizeof(short));
  my_upsample_ptr upsample = (my_upsample_ptr)cinfo->upsample;
  for (int i = 0; i < cinfo->num_components; i++) {
    jpeg_component_info *component = &cinfo->comp_info[i];
    if (!component->component_needed || component->downsampled_width <= 2) continue;
    if (component->h_samp_factor * 2 != cinfo->max_h_samp_factor) continue;
    if (component->v_samp_factor * 2 == cinfo->max_v_samp_factor) upsample->methods[i] = h2v2;
    else if (component->v_samp_factor == cinfo->max_v_samp_factor) upsample->methods[i] = h2v1;
  }
}
