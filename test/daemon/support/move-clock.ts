/** Moves this process's wall clock, and with it an embedded database's; returns what sets it right again. */
export function moveClock(byMs: number): () => void {
  const Real = globalThis.Date;
  class Moved extends Real {
    constructor(...given: [] | [string | number | Date]) {
      super(given.length === 0 ? Real.now() + byMs : given[0]);
    }
    static override now(): number {
      return Real.now() + byMs;
    }
    static override [Symbol.hasInstance](value: unknown): boolean {
      return value instanceof Real;
    }
  }
  globalThis.Date = Moved as DateConstructor;
  return () => {
    globalThis.Date = Real;
  };
}
