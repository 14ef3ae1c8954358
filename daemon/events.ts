/** What happens in the daemon, as it happens, for the HTTP stream. */
export type DaemonEvent =
  | {
      readonly type: "state";
      readonly requestId: string;
      readonly from: string | null;
      readonly to: string;
      readonly code: string | null;
    }
  | { readonly type: "phase"; readonly id: string; readonly phase: string }
  | { readonly type: "reorg"; readonly depth: number };

export interface EventBus {
  publish(event: DaemonEvent): void;
  /** Returns what ends the subscription. */
  subscribe(listener: (event: DaemonEvent, id: number) => void): () => void;
}

export function createEventBus(): EventBus {
  const listeners = new Set<(event: DaemonEvent, id: number) => void>();
  let lastId = 0;
  return {
    publish: (event) => {
      lastId++;
      for (const listener of listeners) listener(event, lastId);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
