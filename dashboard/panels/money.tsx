import type { Ledger } from "../api.ts";
import { ether, seconds, shortHex } from "../format.ts";

export function Money({ ledger: { days, tokens, total } }: { ledger: Ledger }) {
  const earned = BigInt(total.earnedWei);
  const gasPaid = BigInt(total.gasPaidWei);
  const amounts = days.flatMap((day) => [BigInt(day.earnedWei), BigInt(day.gasPaidWei)]);
  const largest = [1n, ...amounts].sort((a, b) => Number(b - a))[0]!;
  return (
    <section aria-label="money">
      <h2>Money, last 14 days</h2>
      <dl>
        <Sum name="settled" value={String(total.settled)} />
        <Sum name="earned" value={`${ether(earned)} ETH`} />
        <Sum name="gas paid" value={`${ether(gasPaid)} ETH`} />
        {tokens.map(({ token, earned: amount, settled }) => (
          <Sum key={token} name={`${settled} paid in ${shortHex(token)}`} value={`${amount} units`} />
        ))}
        <Sum name="net, ETH" value={`${ether(earned - gasPaid)} ETH`} bad={earned < gasPaid} />
      </dl>
      {days.length > 0 && (
        <table>
          <thead>
            <tr>
              <th>day (UTC)</th>
              <th>settled</th>
              <th>earned, ETH</th>
              <th>gas, ETH</th>
              <th>proving</th>
              <th aria-label="earned beside gas" />
            </tr>
          </thead>
          <tbody>
            {days.map(({ day, settled, earnedWei, gasPaidWei, proveMs }) => (
              <tr key={day}>
                <td>{day}</td>
                <td>{settled}</td>
                <td>{ether(BigInt(earnedWei))}</td>
                <td>{ether(BigInt(gasPaidWei))}</td>
                <td>{seconds(proveMs)}</td>
                <td className="bars">
                  <Bar className="in" share={share(BigInt(earnedWei), largest)} />
                  <Bar className="out" share={share(BigInt(gasPaidWei), largest)} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Sum({ name, value, bad = false }: { name: string; value: string; bad?: boolean }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className={bad ? "bad" : ""}>{value}</dd>
    </div>
  );
}

function Bar({ className, share: width }: { className: string; share: number }) {
  return (
    <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
      <rect className={className} width={width} height={4} />
    </svg>
  );
}

/** Of 100, rounded up so that a small amount still shows. */
function share(wei: bigint, largest: bigint): number {
  return Number((wei * 100n + largest - 1n) / largest);
}
