import { useEffect, useState } from "react";
import { readRequests, type ShownRequest, type Status } from "../api.ts";
import { ether, seconds, shortHex, when } from "../format.ts";

interface Props {
  readonly counts: Status["requests"];
  /** The list is read again when it changes. */
  readonly version: number;
  readonly chosen: string | undefined;
  readonly choose: (requestId: string) => void;
}

export function Requests({ counts, version, chosen, choose }: Props) {
  const [state, setState] = useState("");
  const [newest, setNewest] = useState<readonly ShownRequest[]>([]);
  const [older, setOlder] = useState<readonly ShownRequest[]>([]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new version asks for a new reading
  useEffect(() => {
    let isCurrent = true;
    readRequests(state).then(
      (rows) => isCurrent && setNewest(rows),
      // The panel above says that the daemon does not answer.
      () => undefined,
    );
    return () => {
      isCurrent = false;
    };
  }, [state, version]);
  const show = (next: string) => {
    setOlder([]);
    setState(next);
  };
  const newestIds = new Set(newest.map(({ requestId }) => requestId));
  const rows = [...newest, ...older.filter(({ requestId }) => !newestIds.has(requestId))];
  const loadOlder = async () => setOlder([...older, ...(await readRequests(state, rows.at(-1)?.index))]);
  return (
    <section aria-label="requests">
      <h2>Requests</h2>
      <nav className="chips">
        <button type="button" aria-pressed={state === ""} onClick={() => show("")}>
          all {Object.values(counts).reduce((sum, count) => sum + count, 0)}
        </button>
        {Object.entries(counts).map(([name, count]) => (
          <button type="button" key={name} aria-pressed={state === name} onClick={() => show(name)}>
            {name} {count}
          </button>
        ))}
      </nav>
      <table>
        <thead>
          <tr>
            <th>#</th>
            <th>request</th>
            <th>state</th>
            <th>fee</th>
            <th>proving</th>
            <th>changed</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.requestId} aria-selected={row.requestId === chosen}>
              <td>{row.index}</td>
              <td>
                <button type="button" title={row.requestId} onClick={() => choose(row.requestId)}>
                  <code>{shortHex(row.requestId)}</code>
                </button>
              </td>
              <td>
                <span className="state" data-state={row.state}>
                  {row.state}
                </span>{" "}
                {row.code}
              </td>
              <td>{feeOf(row)}</td>
              <td>{row.proveMs === null ? "" : seconds(row.proveMs)}</td>
              <td>{when(row.updatedAt)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length === 0 && <p className="quiet">none</p>}
      {rows.length >= 25 && (
        <button type="button" onClick={() => void loadOlder()}>
          older
        </button>
      )}
    </section>
  );
}

function feeOf({ fee, extraFee, options }: ShownRequest): string {
  const amount = BigInt(fee) + BigInt(extraFee);
  if (options === null || BigInt(options.token) === 0n) return `${ether(amount)} ETH`;
  return `${amount} of ${shortHex(options.token)}`;
}
