/** A table whose columns are as wide as their widest cell; those that begin with `-` lie right. */
export function markdownTable(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const names = heads.map((head) => head.replace(/^-/, ""));
  const isRight = heads.map((head) => head.startsWith("-"));
  const widths = names.map((name, column) =>
    Math.max(name.length, 3, ...rows.map((row) => row[column].length))
  );
  const line = (cells: readonly string[]) => {
    const padded = cells.map((cell, column) =>
      isRight[column] ? cell.padStart(widths[column]) : cell.padEnd(widths[column])
    );
    return `| ${padded.join(" | ")} |`;
  };
  const rule = widths.map((width, column) =>
    isRight[column] ? "-".repeat(width - 1) + ":" : "-".repeat(width)
  );
  return [line(names), line(rule), ...rows.map(line)].join("\n");
}

/** A text in lines of at most so many characters, broken at blanks. */
export function wrapped(text: string, width = 100): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].join("\n");
}
