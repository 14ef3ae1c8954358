/**
 * Which addresses an input may be fetched from. A request names the place, so without this check a stranger could make the daemon
 * ask its own network's routers, databases and cloud metadata.
 *
 * IPv4: everything but the special-purpose ranges of RFC 6890 and multicast. IPv6: global unicast (2000::/3) without the ranges that
 * carry IPv4 addresses or documentation, so mapped, NAT64, link-local and unique local addresses are out.
 */
import { BlockList, isIP } from "node:net";

const closedV4 = new BlockList();
for (const [network, bits] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
] as const)
  closedV4.addSubnet(network, bits);

const globalV6 = new BlockList();
globalV6.addSubnet("2000::", 3, "ipv6");
const closedV6 = new BlockList();
for (const [network, bits] of [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
] as const)
  closedV6.addSubnet(network, bits, "ipv6");

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8);
loopback.addAddress("::1", "ipv6");

/** `address` is an IP address without brackets; anything else is not public. */
export function isPublicAddress(address: string): boolean {
  const version = isIP(address);
  if (version === 4) return !closedV4.check(address);
  return version === 6 && globalV6.check(address, "ipv6") && !closedV6.check(address, "ipv6");
}

export function isLoopbackAddress(address: string): boolean {
  const version = isIP(address);
  return version !== 0 && loopback.check(address, version === 4 ? "ipv4" : "ipv6");
}
