const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** Fields of a point that are numbers; instants may be texts as well. */
const NUMBER_FIELDS = ["at", "value"];

/** A point as JSON, of an entry whose fields are texts: device, metric, at and value. */
export function entryBody(fields: ReadonlyMap<string, string>): Uint8Array {
  const point = [...fields].map(([name, text]) => {
    const isNumber = NUMBER_FIELDS.includes(name) && NUMBER.test(text);
    return [name, isNumber ? Number(text) : text] as const;
  });
  return new TextEncoder().encode(JSON.stringify(Object.fromEntries(point)));
}
