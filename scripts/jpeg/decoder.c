/*
 * JPEG for Twofold: libjpeg-turbo's decoder with a small interface for JavaScript. There is no setjmp in WebAssembly: an
 * error calls `fail`, which throws in JavaScript, and the instance is not used again.
 */
#include <stdio.h>
#include <stdlib.h>
#include "jpeglib.h"
#include "jerror.h"
#include "errors.h"
#include "export.h"
#include "vector.h"

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

struct jpeg_error_mgr *error_handlers(void) {
  jpeg_std_error(&errors);
  errors.error_exit = on_error;
  errors.emit_message = on_message;
  return &errors;
}

EXPORT(allocate) void *allocate(size_t bytes) { return malloc(bytes); }
EXPORT(release) void release(void *pointer) { free(pointer); }

/* Reads the header. Returns the bits per sample. */
EXPORT(open) int open_picture(const unsigned char *data, size_t length) {
  input.err = error_handlers();
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
