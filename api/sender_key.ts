import type { Authenticate } from "../scoring/edge/mod.ts";

/**
 * Who presents the configured key is the edge's own sender. Digests are compared in constant time; a key
 * that has passed once is known by its hash in a set, whose seed is drawn anew in each process.
 */
export async function senderKeyCheck(senderKey: string): Promise<Authenticate> {
  const expected = await digest(senderKey);
  const passed = new Set<string>();
  const sender = { tenantId: "local", keyId: "sender", role: "edge" };
  const check = async (key: string) => {
    const presented = await digest(key);
    let difference = 0;
    for (let i = 0; i < expected.length; i++) difference |= expected[i] ^ presented[i];
    if (difference !== 0) return undefined;
    passed.add(key);
    return sender;
  };
  return (key) => passed.has(key) ? sender : check(key);
}

async function digest(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}
