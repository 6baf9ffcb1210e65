const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text of a file's author as text of a page, between tags or in quotes. */
export function escaped(text: string | number): string {
  return String(text).replace(/[&<>"']/g, (character) => ENTITIES[character]);
}
