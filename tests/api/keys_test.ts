import { assert, assertEquals, assertFalse, assertRejects } from "@std/assert";
import { createKeys, KeyError, readKeys } from "../../api/keys.ts";
import { generateSigningKey } from "../../scoring/bundle/mod.ts";

const MESSAGE = new TextEncoder().encode("message");

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    await work(`${root}/keys`);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("keys that were made are read again and trust what they signed", () =>
  withFolder(async (folder) => {
    const publicKey = await createKeys(folder);
    const { signer, trustedKeys, publicKeys, cursorSecret } = await readKeys(folder);
    assertEquals(publicKeys, [publicKey]);
    assertEquals(cursorSecret.length, 64);
    const signature = await signer.sign(MESSAGE);
    assertEquals(await trustedKeys.verify(signer.keyId, MESSAGE, signature), true);
  }));

Deno.test("private keys are for their owner alone", () =>
  withFolder(async (folder) => {
    await createKeys(folder);
    for (const name of ["signing.key", "cursor.key"]) {
      assertEquals((await Deno.stat(`${folder}/${name}`)).mode! & 0o777, 0o600);
    }
    await Deno.chmod(`${folder}/signing.key`, 0o640);
    await assertRejects(() => readKeys(folder), KeyError, "chmod 600");
  }));

Deno.test("keys are never replaced", () =>
  withFolder(async (folder) => {
    const publicKey = await createKeys(folder);
    const before = await Deno.readTextFile(`${folder}/signing.key`);
    const error = await assertRejects(() => createKeys(folder), KeyError, "has some");
    assert(error.message.endsWith(`edges trust ${publicKey}`));
    assertEquals(await Deno.readTextFile(`${folder}/signing.key`), before);
  }));

Deno.test("missing and damaged keys are named without being shown", () =>
  withFolder(async (folder) => {
    await assertRejects(() => readKeys(folder), KeyError, "deno task admin keys");
    await createKeys(folder);
    await Deno.writeTextFile(`${folder}/signing.key`, "c2VjcmV0");
    const error = await assertRejects(() => readKeys(folder), KeyError, "damaged");
    assertFalse(error.message.includes("c2VjcmV0"));
  }));

Deno.test("during a rotation two public keys are trusted", () =>
  withFolder(async (folder) => {
    await createKeys(folder);
    const other = await generateSigningKey();
    await Deno.writeTextFile(`${folder}/next.pub`, other.publicKey.toBase64());
    assertEquals((await readKeys(folder)).publicKeys.length, 2);
  }));

Deno.test("the secret for cursors may come from outside, but not a weak one", () =>
  withFolder(async (folder) => {
    await createKeys(folder);
    const secret = "q4Jt9ZxW1mB7uLr2Vd8KcYp5NfHs3AeG";
    const { cursorSecret } = await readKeys(folder, secret);
    assertEquals(new TextDecoder().decode(cursorSecret), secret);
    await assertRejects(() => readKeys(folder, "x".repeat(40)), KeyError, "different characters");
  }));
