/** What the page knows of the daemon: read again at each event of its stream, and now and then without one. */
import { useEffect, useState } from "react";
import { flushSync } from "react-dom";
import { type DaemonEvent, type Ledger, readLedger, readStatus, type Status } from "./api.ts";
import { follow, type RunningProof } from "./running.ts";

export interface Daemon {
  readonly status: Status | undefined;
  readonly ledger: Ledger | undefined;
  readonly running: readonly RunningProof[];
  /** The event stream is open. */
  readonly isLive: boolean;
  readonly fault: string | undefined;
  /** Grows when something has changed. */
  readonly version: number;
}

const POLL_MS = 5000;
/** Events that come together cause one reading. */
const SETTLE_MS = 100;
/** A browser opens a stream again by itself when it breaks, but not when a proxy answers with an error. */
const REOPEN_MS = 3000;

const NOTHING: Daemon = {
  status: undefined,
  ledger: undefined,
  running: [],
  isLive: false,
  fault: undefined,
  version: 0,
};

export function useDaemon(): Daemon {
  const [daemon, setDaemon] = useState(NOTHING);
  useEffect(() => {
    const update = (change: (before: Daemon) => Partial<Daemon>) => setDaemon((now) => ({ ...now, ...change(now) }));
    const refresh = async () => {
      try {
        const [status, ledger] = await Promise.all([readStatus(), readLedger()]);
        update(({ version }) => ({ status, ledger, fault: undefined, version: version + 1 }));
      } catch (error) {
        update(() => ({ fault: `the daemon does not answer: ${(error as Error).message}` }));
      }
    };
    let settling: ReturnType<typeof setTimeout> | undefined;
    const refreshSoon = () => {
      settling ??= setTimeout(() => {
        settling = undefined;
        void refresh();
      }, SETTLE_MS);
    };
    const onEvent = (message: MessageEvent<string>) => {
      const event = JSON.parse(message.data) as DaemonEvent;
      // Each event is drawn before the next is read: a phase that is over at once shows all the same.
      flushSync(() => update(({ running }) => ({ running: follow(running, event, Date.now()) })));
      if (event.type !== "phase") refreshSoon();
    };
    let stream: EventSource;
    let reopening: ReturnType<typeof setTimeout> | undefined;
    const open = () => {
      const opened = new EventSource("/events");
      stream = opened;
      opened.addEventListener("open", () => {
        update(() => ({ isLive: true }));
        refreshSoon();
      });
      opened.addEventListener("error", () => {
        update(() => ({ isLive: false, running: [] }));
        if (opened.readyState === EventSource.CLOSED) reopening = setTimeout(open, REOPEN_MS);
      });
      for (const type of ["state", "phase", "reorg"]) opened.addEventListener(type, onEvent);
    };
    open();
    const poll = setInterval(refreshSoon, POLL_MS);
    void refresh();
    return () => {
      stream.close();
      clearTimeout(reopening);
      clearInterval(poll);
      clearTimeout(settling);
    };
  }, []);
  return daemon;
}
