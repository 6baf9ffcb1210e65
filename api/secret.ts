/** 32 characters of base64 are 192 bits. */
export const SECRET_LENGTH_MIN = 32;
/** Random text of that length has about 24 different characters of 64. */
const DISTINCT_CHARACTERS_MIN = 10;
const PLACEHOLDERS = /change.?me|password|passw0rd|default|example|placeholder|replace|insecure/i;

/** Why a secret must not be used, or `undefined` when nothing speaks against it. */
export function secretWeakness(secret: string): string | undefined {
  if (secret.length < SECRET_LENGTH_MIN) {
    return `it has ${secret.length} characters and needs at least ${SECRET_LENGTH_MIN}`;
  }
  if (PLACEHOLDERS.test(secret)) return "it holds the words of a template";
  const distinct = new Set(secret).size;
  if (distinct < DISTINCT_CHARACTERS_MIN) {
    return `it has ${distinct} different characters and needs at least ${DISTINCT_CHARACTERS_MIN}`;
  }
  return undefined;
}
