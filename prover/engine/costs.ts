/**
 * Nanoseconds per block of 8 elements on one thread (bench/kernels.ts, Zen 4 at 3.6 GHz, rounded). They decide only how many
 * threads share a call, so other machines need no other numbers.
 */
export const MUL_NS = 120;
export const ADD_NS = 32;
export const FOLD_NS = 140;
export const MAC_NS = 52;
export const LINEAR_BASE_NS = 110;
export const SCALE_INTS_NS = 60;
export const DOT_INTS_NS = 16;
export const GATHER_NS = 400;
export const INVERSE_NS = 380;
export const LOOKUP_NS = 1900;
export const REVERSED_NS = 170;
export const DIVIDE_NS = 230;
/** Per matrix entry. */
export const MATRIX_NS = 1.4;
export const NTT_LAYER_NS = 78;
