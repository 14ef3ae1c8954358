/** The part of the WebAssembly JavaScript API that Gavel uses; TypeScript declares it only together with the browser's. */
// biome-ignore lint/style/noNamespace: the global it describes is a namespace
declare namespace WebAssembly {
  class Module {
    constructor(bytes: BufferSource);
  }
  class Memory {
    constructor(descriptor: { initial: number; maximum: number; shared: true });
    readonly buffer: SharedArrayBuffer;
    /** Returns the former size in pages of 64 KiB; throws RangeError past the maximum. */
    grow(pages: number): number;
  }
  class Global {
    constructor(descriptor: { value: "i32"; mutable: false }, value: number);
  }
  class Instance {
    constructor(module: Module, imports: { env?: { memory: Memory; scratch: Global } });
    readonly exports: Record<string, unknown>;
  }
  function validate(bytes: BufferSource): boolean;
}
