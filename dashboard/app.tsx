/** The page: health on top, then the running proof, money, and the requests with the history of the chosen one. */
import { useState } from "react";
import { useDaemon } from "./live.ts";
import { Health } from "./panels/health.tsx";
import { Money } from "./panels/money.tsx";
import { RequestDetail } from "./panels/request-detail.tsx";
import { Requests } from "./panels/requests.tsx";
import { RunningProofs } from "./panels/running-proofs.tsx";

export function App() {
  const daemon = useDaemon();
  const [chosen, choose] = useState<string>();
  return (
    <main>
      <h1>Gavel daemon</h1>
      {daemon.fault !== undefined && (
        <p role="alert" className="fault">
          {daemon.fault}
        </p>
      )}
      {daemon.status !== undefined && <Health status={daemon.status} isLive={daemon.isLive} />}
      <RunningProofs running={daemon.running} />
      {daemon.ledger !== undefined && <Money ledger={daemon.ledger} />}
      <Requests counts={daemon.status?.requests ?? {}} version={daemon.version} chosen={chosen} choose={choose} />
      {chosen !== undefined && (
        <RequestDetail requestId={chosen} version={daemon.version} close={() => choose(undefined)} />
      )}
    </main>
  );
}
