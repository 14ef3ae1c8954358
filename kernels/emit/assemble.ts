/** Module text to WebAssembly bytes. Used when kernels are built and by their tests, never at run time. */
import initialize from "wabt";

const FEATURES = { simd: true, threads: true, relaxed_simd: true };

export async function assemble(name: string, text: string): Promise<Uint8Array<ArrayBuffer>> {
  const wabt = await initialize();
  const parsed = wabt.parseWat(`${name}.wat`, text, FEATURES);
  try {
    parsed.resolveNames();
    // Takes the features too, which the published types leave out.
    const validate: (features: typeof FEATURES) => void = parsed.validate;
    validate.call(parsed, FEATURES);
    return new Uint8Array(parsed.toBinary({}).buffer);
  } finally {
    parsed.destroy();
  }
}
