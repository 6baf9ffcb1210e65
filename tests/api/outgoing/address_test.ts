import { assertEquals } from "@std/assert";
import { isPublicAddress } from "../../../api/outgoing/mod.ts";

const CASES: readonly (readonly [string, boolean])[] = [
  ["1.1.1.1", true],
  ["172.32.0.1", true],
  ["223.255.255.255", true],
  ["0.0.0.0", false],
  ["10.1.2.3", false],
  ["100.64.0.1", false],
  ["127.0.0.1", false],
  ["127.255.255.254", false],
  ["169.254.169.254", false],
  ["172.16.0.1", false],
  ["172.31.255.255", false],
  ["192.168.1.1", false],
  ["198.19.0.1", false],
  ["224.0.0.1", false],
  ["255.255.255.255", false],
  ["2606:4700:4700::1111", true],
  ["::", false],
  ["::1", false],
  ["::ffff:127.0.0.1", false],
  ["::ffff:1.1.1.1", false],
  ["::ffff:7f00:1", false],
  ["64:ff9b::7f00:1", false],
  ["2002:7f00:1::", false],
  ["2001::1", false],
  ["2001:db8::1", false],
  ["fc00::1", false],
  ["fd12:3456::1", false],
  ["fe80::1", false],
  ["ff02::1", false],
  ["localhost", false],
  ["", false],
];

for (const [address, expected] of CASES) {
  Deno.test(`"${address}" is ${expected ? "" : "not "}a public address`, () =>
    assertEquals(isPublicAddress(address), expected));
}
