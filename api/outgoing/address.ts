import { BlockList, isIPv4, isIPv6 } from "node:net";

/** IPv4 that is not for the public Internet, or not for a single host (RFC 6890 and its registry). */
const CLOSED_V4 = [
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
  ["224.0.0.0", 3],
] as const;

/** All public IPv6 is in it: loopback, mapped IPv4, NAT64, unique local and link-local are not. */
const GLOBAL_V6 = ["2000::", 3] as const;
/** Within it: Teredo and other protocols, documentation, 6to4, which carries any IPv4. */
const CLOSED_V6 = [["2001::", 23], ["2001:db8::", 32], ["2002::", 16], ["3fff::", 20]] as const;

/** Whether an IP address is of the public Internet; false of what is no address. */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !listOf(CLOSED_V4, "ipv4").check(address, "ipv4");
  if (!isIPv6(address)) return false;
  return listOf([GLOBAL_V6], "ipv6").check(address, "ipv6") &&
    !listOf(CLOSED_V6, "ipv6").check(address, "ipv6");
}

function listOf(nets: readonly (readonly [string, number])[], family: "ipv4" | "ipv6"): BlockList {
  const list = new BlockList();
  for (const [net, prefix] of nets) list.addSubnet(net, prefix, family);
  return list;
}
