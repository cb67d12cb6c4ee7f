// Instructions of processors that Swift has no words for, with a question whether they are there.
#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__)
#include <immintrin.h>

/// Whether the processor multiplies without carry (PCLMULQDQ).
static inline int instructions_can_fold_crc32(void) {
  return __builtin_cpu_supports("pclmul") != 0;
}

__attribute__((target("pclmul"))) static inline __m128i instructions_fold(__m128i value, __m128i next,
                                                                          __m128i factors) {
  __m128i low = _mm_clmulepi64_si128(value, factors, 0x00);
  __m128i high = _mm_clmulepi64_si128(value, factors, 0x11);
  return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

/// Folds blocks of 64 bytes, one at least, into 16 bytes with the same CRC-32; `crc` is the state before, not inverted.
///
/// The factors are powers of x modulo the polynomial, in reversed order of bits: x^(512+32), x^(512-32) for steps of
/// 64 bytes, x^(128+32), x^(128-32) for steps of 16 (V. Gopal and others, "Fast CRC Computation for Generic Polynomials
/// Using PCLMULQDQ Instruction", Intel, 2009).
__attribute__((target("pclmul"))) static inline void instructions_fold_crc32(uint32_t crc, const uint8_t *bytes,
                                                                             size_t blocks, uint8_t *folded) {
  const __m128i far = _mm_set_epi64x(0x01c6e41596, 0x0154442bd4);
  const __m128i near = _mm_set_epi64x(0x00ccaa009e, 0x01751997d0);
  const __m128i *source = (const __m128i *)bytes;
  __m128i a = _mm_xor_si128(_mm_loadu_si128(source), _mm_cvtsi32_si128((int)crc));
  __m128i b = _mm_loadu_si128(source + 1);
  __m128i c = _mm_loadu_si128(source + 2);
  __m128i d = _mm_loadu_si128(source + 3);
  while (--blocks > 0) {
    source += 4;
    a = instructions_fold(a, _mm_loadu_si128(source), far);
    b = instructions_fold(b, _mm_loadu_si128(source + 1), far);
    c = instructions_fold(c, _mm_loadu_si128(source + 2), far);
    d = instructions_fold(d, _mm_loadu_si128(source + 3), far);
  }
  b = instructions_fold(a, b, near);
  c = instructions_fold(b, c, near);
  d = instructions_fold(c, d, near);
  _mm_storeu_si128((__m128i *)folded, d);
}

#else

static inline int instructions_can_fold_crc32(void) {
  return 0;
}

static inline void instructions_fold_crc32(uint32_t crc, const uint8_t *bytes, size_t blocks, uint8_t *folded) {
  (void)crc, (void)bytes, (void)blocks, (void)folded;
}

#endif
