/** Figures as people read them. */
const WEI_DIGITS = 18;
const SHOWN_DIGITS = 6;

/** Wei, in decimal, to ether with up to six places, rounded toward zero; what is smaller shows as such. */
export function ether(wei: bigint): string {
  const sign = wei < 0n ? "-" : "";
  const digits = (wei < 0n ? -wei : wei).toString().padStart(WEI_DIGITS + 1, "0");
  const whole = digits.slice(0, -WEI_DIGITS);
  const places = digits.slice(-WEI_DIGITS, -WEI_DIGITS + SHOWN_DIGITS).replace(/0+$/, "");
  if (wei !== 0n && whole === "0" && places === "") return `${sign}<0.000001`;
  return `${sign}${whole}${places === "" ? "" : `.${places}`}`;
}

export function shortHex(hex: string): string {
  return hex.length <= 14 ? hex : `${hex.slice(0, 8)}…${hex.slice(-4)}`;
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 0)} s`;
}

export function when(iso: string): string {
  return new Date(iso).toLocaleString(undefined, { dateStyle: "short", timeStyle: "medium" });
}
