import type { Status } from "../api.ts";
import { seconds, shortHex } from "../format.ts";

export function Health({ status, isLive }: { status: Status; isLive: boolean }) {
  const failing = Object.entries(status.services).filter(([, { failures }]) => failures > 0);
  return (
    <section aria-label="health">
      <p>
        <strong className={status.ready ? "good" : "bad"}>{status.ready ? "ready" : "not ready"}</strong>
        {status.notReady.map((reason) => (
          <span key={reason} className="bad">
            {" "}
            · {reason}
          </span>
        ))}
        <span className={isLive ? "good" : "bad"}> · {isLive ? "live" : "not connected"}</span>
        {status.mode !== "normal" && <strong> · {status.mode}</strong>}
        {status.deepReorg && <strong className="bad"> · read again from the start after a deep reorganization</strong>}
      </p>
      <dl>
        <Fact name="chain" value={String(status.chainId)} />
        <Fact name="block" value={`${status.cursor} of ${status.head}`} />
        <Fact name="last answer" value={`${seconds(status.headAgeMs)} ago`} />
        <Fact name="market" value={shortHex(status.market)} title={status.market} />
        <Fact name="prover" value={shortHex(status.prover ?? "none")} title={status.prover ?? ""} />
        <Fact name="jobs waiting" value={String(Object.values(status.jobs).reduce((sum, count) => sum + count, 0))} />
      </dl>
      <ul className="chips">
        {status.endpoints.map(({ endpoint, healthy, failures }) => (
          <li key={endpoint} className={healthy ? "good" : "bad"}>
            {endpoint} {healthy ? "up" : `down, ${failures} failures`}
          </li>
        ))}
        {failing.map(([name, { failures }]) => (
          <li key={name} className="bad">
            {name}: {failures} failures in a row
          </li>
        ))}
      </ul>
    </section>
  );
}

function Fact({ name, value, title = "" }: { name: string; value: string; title?: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd title={title}>{value}</dd>
    </div>
  );
}
