import { generateSigningKey, importSigner, type Signer } from "../../scoring/bundle/mod.ts";

/** A signer of a key of its own. */
export async function testSigner(): Promise<Signer> {
  return await importSigner((await generateSigningKey()).pkcs8);
}
