import { NAME_LENGTH_MAX } from "../limits.ts";

/** The name in NFC, so that look-alike spellings of one name are one name; undefined for none. */
export function normalisedName(raw: string): string | undefined {
  const name = raw.normalize("NFC");
  const acceptable = name.length > 0 && name.length <= NAME_LENGTH_MAX && name.isWellFormed() &&
    !/\p{Cc}/u.test(name);
  return acceptable ? name : undefined;
}
