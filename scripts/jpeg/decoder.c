/*
 * JPEG for Twofold: libjpeg-turbo's decoder and encoder with a small interface for JavaScript. There is no setjmp in
 * WebAssembly: an error calls `fail`, which throws in JavaScript, and the instance is not used again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <wasm_simd128.h>
#include "jpeglib.h"
#include "jerror.h"
#include "vector.h"

#define EXPORT(name) __attribute__((export_name(#name)))

__attribute__((import_module("env"), import_name("fail"))) _Noreturn void fail(const char *message);

static struct jpeg_decompress_struct input;
static struct jpeg_error_mgr errors;
static char message[JMSG_LENGTH_MAX];

static void on_error(j_common_ptr info) {
  info->err->format_message(info, message);
  fail(message);
}

/* A progressive file can ask for any number of passes over the picture. libvips decides about those with many. */
enum { MAX_SCANS = 90 };
static struct jpeg_progress_mgr progress;
static void on_progress(j_common_ptr info) {
  if (((j_decompress_ptr)info)->input_scan_number > MAX_SCANS) fail("too many scans");
}

static void on_message(j_common_ptr info, int level) {
  if (level < 0) info->err->num_warnings++;
}

static struct jpeg_error_mgr *handlers(void) {
  jpeg_std_error(&errors);
  errors.error_exit = on_error;
  errors.emit_message = on_message;
  return &errors;
}

EXPORT(allocate) void *allocate(size_t bytes) { return malloc(bytes); }
EXPORT(release) void release(void *pointer) { free(pointer); }

/* Reads the header. Returns the bits per sample. */
EXPORT(open) int open_picture(const unsigned char *data, size_t length) {
  input.err = handlers();
  jpeg_create_decompress(&input);
  progress.progress_monitor = on_progress;
  input.progress = &progress;
  jpeg_mem_src(&input, data, length);
  jpeg_read_header(&input, TRUE);
  return input.data_precision;
}

EXPORT(width) int width(void) { return input.image_width; }
EXPORT(height) int height(void) { return input.image_height; }
EXPORT(components) int components(void) { return input.num_components; }

/* Decodes to RGB. Returns the number of warnings. */
EXPORT(decode) int decode(unsigned char *out) {
  input.out_color_space = JCS_RGB;
  jpeg_start_decompress(&input);
  use_vectors(&input);
  const size_t stride = 3 * (size_t)input.output_width;
  while (input.output_scanline < input.output_height) {
    JSAMPROW rows[8];
    for (int i = 0; i < 8; i++) rows[i] = out + (input.output_scanline + i) * stride;
    jpeg_read_scanlines(&input, rows, input.rec_outbuf_height < 8 ? 8 : input.rec_outbuf_height);
  }
  jpeg_finish_decompress(&input);
  return errors.num_warnings;
}

EXPORT(close) void close_picture(void) { jpeg_destroy_decompress(&input); }

/* One colour as four 32-bit lanes, the last of them of no use. Reads a byte more. */
static inline v128_t colour(const unsigned char *at) {
  return wasm_u32x4_extend_low_u16x8(wasm_u16x8_extend_low_u8x16(wasm_v128_load32_zero(at)));
}

/*
 * The passes of Pillow's bilinear resizing, with 22 fraction bits (see resize.ts). Along the rows: [height, from, 3] to
 * [height, width, 3]. The input needs a readable byte after its end, the output four.
 */
EXPORT(resampleRows) void resample_rows(const unsigned char *in, int from, int height, const int *starts,
                                        const int *counts, const int *weights, int widest, unsigned char *out,
                                        int width) {
  const v128_t half = wasm_i32x4_splat(1 << 21), most = wasm_i32x4_splat(255);
  for (int y = 0; y < height; y++, in += 3 * (size_t)from) {
    for (int x = 0; x < width; x++, out += 3) {
      const unsigned char *at = in + 3 * (size_t)starts[x];
      const int *weight = weights + (size_t)x * widest, count = counts[x];
      v128_t sum = half, other = wasm_i32x4_splat(0);
      int k = 0;
      for (; k + 1 < count; k += 2, at += 6) {
        sum = wasm_i32x4_add(sum, wasm_i32x4_mul(colour(at), wasm_v128_load32_splat(weight + k)));
        other = wasm_i32x4_add(other, wasm_i32x4_mul(colour(at + 3), wasm_v128_load32_splat(weight + k + 1)));
      }
      if (k < count) sum = wasm_i32x4_add(sum, wasm_i32x4_mul(colour(at), wasm_v128_load32_splat(weight + k)));
      sum = wasm_i32x4_min(wasm_i32x4_shr(wasm_i32x4_add(sum, other), 22), most);
      sum = wasm_i16x8_narrow_i32x4(sum, sum);
      wasm_v128_store32_lane(out, wasm_u8x16_narrow_i16x8(sum, sum), 0);
    }
  }
}

/* Along the columns: [from, width, 3] to [height, width, 3], with room for a row of sums. */
EXPORT(resampleColumns) void resample_columns(const unsigned char *in, int width, const int *starts, const int *counts,
                                              const int *weights, int widest, unsigned char *out, int height,
                                              int *sums) {
  const int length = 3 * width;
  for (int y = 0; y < height; y++, out += length) {
    for (int i = 0; i < length; i++) sums[i] = 1 << 21;
    for (int k = 0; k < counts[y]; k++) {
      const int weight = weights[(size_t)y * widest + k];
      const unsigned char *row = in + (size_t)(starts[y] + k) * length;
      for (int i = 0; i < length; i++) sums[i] += row[i] * weight;
    }
    for (int i = 0; i < length; i++) {
      const int value = sums[i] >> 22;
      out[i] = value > 255 ? 255 : value;
    }
  }
}

static unsigned char *encoded;
static unsigned long encoded_length;

/* Encodes RGB with chroma at half resolution. Returns where the file is; `encodedLength` is its length. */
EXPORT(encode) unsigned char *encode(unsigned char *pixels, int width, int height, int quality) {
  struct jpeg_compress_struct output;
  output.err = handlers();
  jpeg_create_compress(&output);
  encoded = NULL;
  encoded_length = 0;
  jpeg_mem_dest(&output, &encoded, &encoded_length);
  output.image_width = width;
  output.image_height = height;
  output.input_components = 3;
  output.in_color_space = JCS_RGB;
  jpeg_set_defaults(&output);
  jpeg_set_quality(&output, quality, TRUE);
  /* Thumbnails need neither the optimal codes (4% smaller) nor the exact transform: a fifth less time. */
  output.dct_method = JDCT_IFAST;
  jpeg_start_compress(&output, TRUE);
  while (output.next_scanline < output.image_height) {
    JSAMPROW row = pixels + 3 * (size_t)width * output.next_scanline;
    jpeg_write_scanlines(&output, &row, 1);
  }
  jpeg_finish_compress(&output);
  jpeg_destroy_compress(&output);
  return encoded;
}

EXPORT(encodedLength) unsigned long encoded_size(void) { return encoded_length; }
