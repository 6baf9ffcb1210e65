import type { Intake } from "../intake/mod.ts";
import type { Ingest } from "../ingest/mod.ts";
import type { MappingRule } from "../mapping/mod.ts";
import {
  FILE_MISSING_MS_MAX,
  type OpenSource,
  RunningSource,
  type SourceConfig,
  Sources,
} from "../sources/mod.ts";
import type { EdgeLog } from "./edge_log.ts";
import type { Naming } from "./naming/mod.ts";
import { createSourceKeeper, type SqlDatabase } from "./store/mod.ts";

/** A source that an edge is to run. */
export interface PlannedSource {
  readonly config: SourceConfig;
  readonly open: OpenSource;
}

/** What sources need of the edge that runs them. */
export interface EdgeOfSources {
  readonly database: SqlDatabase;
  /** @throws {Problem} Before the edge knows its tenant. */
  readonly ingest: () => Ingest;
  readonly openIntake: Naming["openIntake"];
  /** Wall clock, ms. */
  readonly now: () => number;
  readonly log: EdgeLog;
}

/** Makes the sources of an edge; given to it, so that edges without any hold none of their code. */
export type OpenEdgeSources = (edge: EdgeOfSources) => Sources;

/**
 * Sources of an edge with a file, each under its own rules.
 * @param random From [0, 1), so that many edges do not come back to a broker at once.
 */
export function edgeSources(
  planned: readonly PlannedSource[],
  random: () => number,
): OpenEdgeSources {
  return (edge) => createSources(planned, random, edge);
}

function createSources(
  planned: readonly PlannedSource[],
  random: () => number,
  edge: EdgeOfSources,
): Sources {
  const { database, now, log } = edge;
  const keeper = createSourceKeeper(database, now);
  const sources = planned.map(({ config, open }) => {
    const { name, client, isRequired, reading, rules } = config;
    return new RunningSource({
      name,
      client,
      isRequired,
      reading,
      open,
      intake: intakeUnder(rules, edge),
      keeper,
      now,
      random,
      reconnectMsMax: client === "file" ? FILE_MISSING_MS_MAX : undefined,
      onChange: (state, error) => {
        const level = state === "down" ? "warning" : "info";
        const reason = error instanceof Error ? { reason: error.message } : {};
        log(level, "Source has changed", { source: name, client, state, ...reason });
      },
    });
  });
  return new Sources(sources);
}

/**
 * While the gateway has not given a mapping, names that the edge does not know are refused, so that
 * their messages are set aside and listed.
 */
function intakeUnder(
  rules: readonly MappingRule[],
  { ingest, openIntake }: EdgeOfSources,
): () => Intake {
  let opened: { readonly ingest: Ingest; readonly intake: Intake } | undefined;
  return () => {
    const current = ingest();
    if (opened?.ingest !== current) {
      opened = { ingest: current, intake: openIntake(current, { rules, unmapped: "refuse" }) };
    }
    return opened.intake;
  };
}
