#include <wasm_simd128.h>

typedef v128_t v;

/* Two 16-bit weights for `dot`, repeated, and the values for them: a and b in turns. */
#define PAIR(a, b) wasm_i16x8_const((a), (b), (a), (b), (a), (b), (a), (b))
#define LOW(a, b) wasm_i16x8_shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define HIGH(a, b) wasm_i16x8_shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15)

/* Every third byte of 48, from byte 0, 1 or 2. */
#define RED(a, b, c) wasm_i8x16_shuffle(wasm_i8x16_shuffle(a, b, 0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 0, 0, 0, 0, 0), \
                                        c, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 17, 20, 23, 26, 29)
#define GREEN(a, b, c) wasm_i8x16_shuffle(wasm_i8x16_shuffle(a, b, 1, 4, 7, 10, 13, 16, 19, 22, 25, 28, 31, 0, 0, 0, 0, 0), \
                                          c, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 18, 21, 24, 27, 30)
#define BLUE(a, b, c) wasm_i8x16_shuffle(wasm_i8x16_shuffle(a, b, 2, 5, 8, 11, 14, 17, 20, 23, 26, 29, 0, 0, 0, 0, 0, 0), \
                                         c, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 19, 22, 25, 28, 31)

/* Rows of a block of 8 × 8 become columns. */
static inline void transpose(v *r) {
  v a0 = LOW(r[0], r[4]), a1 = HIGH(r[0], r[4]), a2 = LOW(r[1], r[5]), a3 = HIGH(r[1], r[5]);
  v a4 = LOW(r[2], r[6]), a5 = HIGH(r[2], r[6]), a6 = LOW(r[3], r[7]), a7 = HIGH(r[3], r[7]);
  v b0 = LOW(a0, a4), b1 = HIGH(a0, a4), b2 = LOW(a1, a5), b3 = HIGH(a1, a5);
  v b4 = LOW(a2, a6), b5 = HIGH(a2, a6), b6 = LOW(a3, a7), b7 = HIGH(a3, a7);
  r[0] = LOW(b0, b4); r[1] = HIGH(b0, b4); r[2] = LOW(b1, b5); r[3] = HIGH(b1, b5);
  r[4] = LOW(b2, b6); r[5] = HIGH(b2, b6); r[6] = LOW(b3, b7); r[7] = HIGH(b3, b7);
}
