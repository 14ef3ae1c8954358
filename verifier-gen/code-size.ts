/** Largest runtime code of a contract in bytes (EIP-170). */
export const MAX_CODE_BYTES = 24_576;
