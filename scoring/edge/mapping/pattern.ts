import { labelOf, type SourceSeries } from "./source_series.ts";

/**
 * Whether a text fits a glob, in which `*` stands for any characters. Takes at most the product of both
 * lengths: a star that fails only moves on, so no pattern can make it slow.
 */
export function fitsGlob(glob: string, text: string): boolean {
  let [at, from, star, starFrom] = [0, 0, -1, 0];
  while (from < text.length) {
    if (glob[at] === "*") {
      star = at++;
      starFrom = from;
    } else if (at < glob.length && glob[at] === text[from]) {
      at++;
      from++;
    } else if (star >= 0) {
      at = star + 1;
      from = ++starFrom;
    } else return false;
  }
  while (glob[at] === "*") at++;
  return at === glob.length;
}

/** Text and labels in turn, beginning with a text. */
export type Template = readonly string[];

const PLACEHOLDER = /\{([^{}]+)\}/g;

/** The parts of a template; `undefined` when braces do not pair. */
export function parseTemplate(text: string): Template | undefined {
  const parts: string[] = [];
  let from = 0;
  for (const { index, 0: whole, 1: label } of text.matchAll(PLACEHOLDER)) {
    parts.push(text.slice(from, index), label);
    from = index + whole.length;
  }
  parts.push(text.slice(from));
  return parts.some((part, i) => i % 2 === 0 && /[{}]/.test(part)) ? undefined : parts;
}

/** The template with the series' labels in it; `undefined` when one of them is missing or empty. */
export function fillTemplate(template: Template, series: SourceSeries): string | undefined {
  let text = template[0];
  for (let i = 1; i < template.length; i += 2) {
    const value = labelOf(series, template[i]);
    if (value === undefined || value === "") return undefined;
    text += value + template[i + 1];
  }
  return text;
}
