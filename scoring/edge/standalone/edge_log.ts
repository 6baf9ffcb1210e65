/** Takes one line of an edge's log: what has happened, with its data by name. */
export type EdgeLog = (
  level: "info" | "warning" | "error",
  message: string,
  fields: Readonly<Record<string, unknown>>,
) => void;
