import { useEffect, useState } from "react";
import { type RequestWithHistory, readRequest } from "../api.ts";
import { ether, when } from "../format.ts";

interface Props {
  readonly requestId: string;
  /** The request is read again when it changes. */
  readonly version: number;
  readonly close: () => void;
}

export function RequestDetail({ requestId, version, close }: Props) {
  const [request, setRequest] = useState<RequestWithHistory>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new version asks for a new reading
  useEffect(() => {
    let isCurrent = true;
    readRequest(requestId).then(
      (row) => isCurrent && setRequest(row),
      () => isCurrent && setRequest(undefined),
    );
    return () => {
      isCurrent = false;
    };
  }, [requestId, version]);
  if (request === undefined) return null;
  return (
    <section aria-label="request">
      <h2>
        Request {request.index}{" "}
        <button type="button" onClick={close}>
          close
        </button>
      </h2>
      <table className="facts">
        <tbody>
          <Fact name="id" value={request.requestId} />
          <Fact name="model" value={request.modelId} />
          <Fact name="requester" value={request.requester} />
          <Fact name="callback" value={`${request.callback}, ${request.callbackGasLimit} gas`} />
          <Fact name="deadline" value={when(new Date(request.deadline * 1000).toISOString())} />
          <Fact name="paid" value={request.paid === null ? "not yet" : amountOf(request, request.paid)} />
          <Fact name="proof" value={request.proofBytes === null ? "none" : `${request.proofBytes} bytes`} />
        </tbody>
      </table>
      <ol className="history">
        {request.history.map(({ at, to, code, detail }) => (
          <li key={`${at} ${to}`}>
            <time dateTime={at}>{when(at)}</time>{" "}
            <span className="state" data-state={to}>
              {to}
            </span>{" "}
            {code} {detail}
          </li>
        ))}
      </ol>
    </section>
  );
}

function amountOf({ options }: RequestWithHistory, paid: string): string {
  if (options === null || BigInt(options.token) === 0n) return `${ether(BigInt(paid))} ETH`;
  return `${paid} units of ${options.token}`;
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <tr>
      <th>{name}</th>
      <td>
        <code>{value}</code>
      </td>
    </tr>
  );
}
