import { pathToFileURL } from "node:url";
import type { Algorithm } from "../../scoring/algorithm/mod.ts";
import { UsageError } from "../kit/mod.ts";
import type { CustomSource } from "./broker.ts";
import { type CustomAlgorithm, openCustomAlgorithm } from "./custom_algorithm.ts";

/** Where the operator says which algorithms there are besides ours. */
export const CUSTOM_SETTINGS = {
  modules: "TREELINE_ALGORITHMS",
  endpoints: "TREELINE_ALGORITHM_ENDPOINTS",
  private: "TREELINE_PRIVATE_ENDPOINTS",
} as const;

/** Each is a process or a thread that waits. */
const CUSTOM_MAX = 16;

/** Custom algorithms that are in use, until they are closed. */
export interface CustomAlgorithms extends Disposable {
  readonly algorithms: readonly Algorithm[];
}

/**
 * Opens the algorithms that are named, lists separated by commas: files or https URLs of modules, and
 * URLs of endpoints.
 *
 * @throws {UsageError} When a name cannot be used, or two algorithms have the same.
 * @throws {DependencyError} When one does not answer as it must.
 */
export function openNamedAlgorithms(
  modules: string | undefined,
  endpoints: string | undefined,
  isPrivateAllowed: boolean,
): CustomAlgorithms {
  const sources = [
    ...namesOf(modules).map((name): CustomSource => ({
      kind: "module",
      url: moduleUrl(name),
      isPrivateAllowed,
    })),
    ...namesOf(endpoints).map((name): CustomSource => ({
      kind: "endpoint",
      url: endpointUrl(name),
      isPrivateAllowed,
    })),
  ];
  if (sources.length > CUSTOM_MAX) {
    throw new UsageError(`Cannot use more than ${CUSTOM_MAX} algorithms: found ${sources.length}`);
  }
  const opened: CustomAlgorithm[] = [];
  const close = () => opened.forEach((custom) => custom.close());
  try {
    for (const source of sources) opened.push(openCustomAlgorithm(source));
    const algorithms = opened.map(({ algorithm }) => algorithm);
    checkNames(algorithms);
    return { algorithms, [Symbol.dispose]: close };
  } catch (error) {
    close();
    throw error;
  }
}

function namesOf(list: string | undefined): string[] {
  return (list ?? "").split(",").map((name) => name.trim()).filter((name) => name !== "");
}

function moduleUrl(name: string): string {
  if (!/^[a-z][a-z0-9+.-]+:/.test(name)) return pathToFileURL(name).href;
  return urlOf(name, ["https:", "file:"]);
}

function endpointUrl(name: string): string {
  return urlOf(name, ["https:", "http:"]);
}

function urlOf(name: string, protocols: readonly string[]): string {
  const url = URL.parse(name);
  if (url && protocols.includes(url.protocol)) return url.href;
  throw new UsageError(
    `Cannot use a custom algorithm as its address must be a URL of ${protocols.join(" or ")}`,
  );
}

function checkNames(algorithms: readonly Algorithm[]): void {
  const names = algorithms.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice) throw new UsageError(`Cannot use two algorithms of the name "${twice}"`);
}
