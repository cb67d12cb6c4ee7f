// Instructions of processors that Swift has no words for, with a question whether they are there.
#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__)
#include <cpuid.h>
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

// Sixty-four bytes with the same CRC-32 as all that were folded into them.
typedef struct {
  __m128i a, b, c, d;
} instructions_crc32_state;

// The factors are powers of x modulo the polynomial, in reversed order of bits: here x^(512+32) and x^(512-32) for
// steps of 64 bytes, below x^(128+32) and x^(128-32) for steps of 16 (V. Gopal and others, "Fast CRC Computation for
// Generic Polynomials Using PCLMULQDQ Instruction", Intel, 2009).
__attribute__((target("pclmul"), always_inline)) static inline void
instructions_fold_block(instructions_crc32_state *state, const uint8_t *bytes) {
  const __m128i factors = _mm_set_epi64x(0x01c6e41596, 0x0154442bd4);
  const __m128i *source = (const __m128i *)bytes;
  state->a = instructions_fold(state->a, _mm_loadu_si128(source), factors);
  state->b = instructions_fold(state->b, _mm_loadu_si128(source + 1), factors);
  state->c = instructions_fold(state->c, _mm_loadu_si128(source + 2), factors);
  state->d = instructions_fold(state->d, _mm_loadu_si128(source + 3), factors);
}

// Begins with a block; `crc` is the state before it, not inverted.
__attribute__((target("pclmul"), always_inline)) static inline instructions_crc32_state
instructions_begin_fold(uint32_t crc, const uint8_t *bytes) {
  const __m128i *source = (const __m128i *)bytes;
  __m128i first = _mm_xor_si128(_mm_loadu_si128(source), _mm_cvtsi32_si128((int)crc));
  return (instructions_crc32_state){first, _mm_loadu_si128(source + 1), _mm_loadu_si128(source + 2),
                                    _mm_loadu_si128(source + 3)};
}

// Ends with 16 bytes of the same checksum.
__attribute__((target("pclmul"), always_inline)) static inline void
instructions_end_fold(instructions_crc32_state state, uint8_t *folded) {
  const __m128i factors = _mm_set_epi64x(0x00ccaa009e, 0x01751997d0);
  __m128i value = instructions_fold(state.a, state.b, factors);
  value = instructions_fold(value, state.c, factors);
  _mm_storeu_si128((__m128i *)folded, instructions_fold(value, state.d, factors));
}

/// Folds blocks of 64 bytes, one at least, into 16 bytes with the same CRC-32; `crc` is the state before, not inverted.
__attribute__((target("pclmul"))) static inline void instructions_fold_crc32(uint32_t crc, const uint8_t *bytes,
                                                                             size_t blocks, uint8_t *folded) {
  instructions_crc32_state state = instructions_begin_fold(crc, bytes);
  while (--blocks > 0) instructions_fold_block(&state, bytes += 64);
  instructions_end_fold(state, folded);
}

/// Whether the processor takes two digests and a checksum at once: it has the instructions of SHA-256 (SHA-NI) and those
/// of the checksum, and the forms of others that name three registers (AVX), without which all that does not fit in
/// the registers.
static inline int instructions_can_pair_sha256(void) {
  unsigned int a, b, c, d;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b >> 29 & 1) && __builtin_cpu_supports("avx") &&
         instructions_can_fold_crc32();
}

// The state of SHA-256 as its instructions want it: words a, b, e, f and c, d, g, h.
typedef struct {
  __m128i abef, cdgh;
} instructions_sha256_state;

__attribute__((target("sha,avx"))) static inline instructions_sha256_state instructions_load(const uint32_t *words) {
  __m128i low = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)words), 0xB1);
  __m128i high = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(words + 4)), 0x1B);
  return (instructions_sha256_state){_mm_alignr_epi8(low, high, 8), _mm_blend_epi16(high, low, 0xF0)};
}

__attribute__((target("sha,avx"))) static inline void instructions_store(instructions_sha256_state state,
                                                                            uint32_t *words) {
  __m128i low = _mm_shuffle_epi32(state.abef, 0x1B);
  __m128i high = _mm_shuffle_epi32(state.cdgh, 0xB1);
  _mm_storeu_si128((__m128i *)words, _mm_blend_epi16(low, high, 0xF0));
  _mm_storeu_si128((__m128i *)(words + 4), _mm_alignr_epi8(high, low, 8));
}

// Four rounds of one stream, and the four words of its schedule that come sixteen rounds later.
__attribute__((target("sha,avx"), always_inline)) static inline void
instructions_rounds(instructions_sha256_state *state, __m128i *words, int group, __m128i constants) {
  __m128i sum = _mm_add_epi32(words[group & 3], constants);
  state->cdgh = _mm_sha256rnds2_epu32(state->cdgh, state->abef, sum);
  state->abef = _mm_sha256rnds2_epu32(state->abef, state->cdgh, _mm_shuffle_epi32(sum, 0x0E));
  if (group < 12) {
    __m128i last = words[(group + 3) & 3];
    __m128i next = _mm_sha256msg1_epu32(words[group & 3], words[(group + 1) & 3]);
    next = _mm_add_epi32(next, _mm_alignr_epi8(last, words[(group + 2) & 3], 4));
    words[group & 3] = _mm_sha256msg2_epu32(next, last);
  }
}

// Takes blocks of 64 bytes, one at least, into one digest or into two at once (FIPS 180-4), and into a checksum that is
// begun already; the flags are constants.
//
// Each round waits for the one before it; what does not wait for it fills the gaps.
__attribute__((target("sha,avx,pclmul"), always_inline)) static inline void
instructions_take_blocks(uint32_t *first, const uint8_t *left, uint32_t *second, const uint8_t *right, size_t blocks,
                         int pairs, int folds, uint32_t crc, uint8_t *folded) {
  static const uint32_t constants[64] = {
      0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
      0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
      0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
      0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
      0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
      0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
      0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
      0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
  };
  const __m128i order = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
  instructions_sha256_state a = instructions_load(first);
  instructions_sha256_state b = pairs ? instructions_load(second) : a;
  instructions_crc32_state sum;
  if (folds) sum = instructions_begin_fold(crc, left);
  for (size_t block = 0; block < blocks; block++, left += 64, right += 64) {
    instructions_sha256_state a_before = a, b_before = b;
    __m128i a_words[4], b_words[4];
    if (folds && block > 0) instructions_fold_block(&sum, left);
    for (int index = 0; index < 4; index++) {
      a_words[index] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)left + index), order);
      if (pairs) b_words[index] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)right + index), order);
    }
#pragma clang loop unroll(full)
    for (int group = 0; group < 16; group++) {
      __m128i four = _mm_loadu_si128((const __m128i *)(constants + 4 * group));
      instructions_rounds(&a, a_words, group, four);
      if (pairs) instructions_rounds(&b, b_words, group, four);
    }
    a.abef = _mm_add_epi32(a.abef, a_before.abef);
    a.cdgh = _mm_add_epi32(a.cdgh, a_before.cdgh);
    if (pairs) {
      b.abef = _mm_add_epi32(b.abef, b_before.abef);
      b.cdgh = _mm_add_epi32(b.cdgh, b_before.cdgh);
    }
  }
  instructions_store(a, first);
  if (pairs) instructions_store(b, second);
  if (folds) instructions_end_fold(sum, folded);
}

/// Takes as many blocks of 64 bytes into two digests at once.
__attribute__((target("sha,avx,pclmul"))) static inline void
instructions_pair_sha256(uint32_t *first, const uint8_t *left, uint32_t *second, const uint8_t *right, size_t blocks) {
  instructions_take_blocks(first, left, second, right, blocks, 1, 0, 0, NULL);
}

/// Takes as many blocks, one at least, into two digests at once, and folds those of the first as
/// `instructions_fold_crc32` does.
__attribute__((target("sha,avx,pclmul"))) static inline void
instructions_pair_sha256_and_crc32(uint32_t *first, const uint8_t *left, uint32_t *second, const uint8_t *right,
                                   size_t blocks, uint32_t crc, uint8_t *folded) {
  instructions_take_blocks(first, left, second, right, blocks, 1, 1, crc, folded);
}

/// Takes blocks, one at least, into a digest, and folds them as `instructions_fold_crc32` does.
__attribute__((target("sha,avx,pclmul"))) static inline void
instructions_sha256_and_crc32(uint32_t *digest, const uint8_t *bytes, size_t blocks, uint32_t crc, uint8_t *folded) {
  instructions_take_blocks(digest, bytes, digest, bytes, blocks, 0, 1, crc, folded);
}

#else

static inline int instructions_can_fold_crc32(void) {
  return 0;
}

static inline void instructions_fold_crc32(uint32_t crc, const uint8_t *bytes, size_t blocks, uint8_t *folded) {
  (void)crc, (void)bytes, (void)blocks, (void)folded;
}

static inline int instructions_can_pair_sha256(void) {
  return 0;
}

static inline void instructions_pair_sha256(uint32_t *first, const uint8_t *left, uint32_t *second,
                                            const uint8_t *right, size_t blocks) {
  (void)first, (void)left, (void)second, (void)right, (void)blocks;
}

static inline void instructions_pair_sha256_and_crc32(uint32_t *first, const uint8_t *left, uint32_t *second,
                                                      const uint8_t *right, size_t blocks, uint32_t crc,
                                                      uint8_t *folded) {
  (void)first, (void)left, (void)second, (void)right, (void)blocks, (void)crc, (void)folded;
}

static inline void instructions_sha256_and_crc32(uint32_t *digest, const uint8_t *bytes, size_t blocks, uint32_t crc,
                                                 uint8_t *folded) {
  (void)digest, (void)bytes, (void)blocks, (void)crc, (void)folded;
}

#endif
