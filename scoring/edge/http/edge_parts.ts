import type { Awaitable } from "../async/awaitable.ts";
import type { Ingest } from "../ingest/mod.ts";
import type { Intake } from "../intake/mod.ts";
import type { EdgeLimits } from "../limits.ts";
import type { WorkBudget } from "../wire/mod.ts";
import type { Access, Authenticate, EdgePrincipal } from "./access.ts";
import type { AnomalyTenant } from "./anomaly.ts";
import type { GuardOptions } from "./guard.ts";
import type { HealthCheck } from "./health.ts";
import type { EdgeMetrics } from "./metrics.ts";
import type { ModelCatalog } from "./models.ts";
import type { IncidentCatalog } from "./own_state/incidents.ts";
import type { CurrentScores } from "./own_state/scores.ts";
import type { ScoringStatus } from "./own_state/status.ts";
import type { Routes } from "./routes.ts";

/** What an edge does for one tenant. */
export interface EdgeTenant {
  /** Without one, as where nothing durable is at hand, telemetry is refused. */
  readonly ingest: Ingest | undefined;
  /** The tenant's own mapping; without one that has no rules, and makes no names. */
  readonly intake?: Intake;
  readonly models: ModelCatalog;
  readonly incidents?: IncidentCatalog;
  /** A stored anomaly by its id. */
  readonly findAnomaly?: AnomalyTenant["findAnomaly"];
  /** The newest verdicts, for `/metrics`. */
  readonly scores?: () => Promise<CurrentScores>;
}

export interface EdgeAppOptions extends Omit<GuardOptions, "metrics"> {
  readonly authenticate: Authenticate;
  /** The tenant of a verified key. */
  readonly tenantOf: (tenantId: string) => Awaitable<EdgeTenant>;
  readonly limits?: Partial<EdgeLimits>;
  /**
   * More than version and clock, to whoever has a key: for an edge whose keys are all of one tenant.
   * It is asked before that tenant is known.
   */
  readonly status?: () => Awaitable<ScoringStatus>;
  /** What `/readyz` asks; ready without. */
  readonly checks?: () => Promise<readonly HealthCheck[]>;
  /** Counters that `/metrics` shows; the app adds its own. */
  readonly metrics?: EdgeMetrics;
}

/** The parts that the routes share. */
export interface EdgeParts {
  readonly options: EdgeAppOptions;
  readonly limits: EdgeLimits;
  readonly metrics: EdgeMetrics;
  readonly routes: Routes;
  /** Of which all bodies are read and worked on. */
  readonly budget: WorkBudget;
  /** Lets a caller in, whose tenant may not be known yet. */
  readonly admit: Access["admit"];
  /** Lets a caller in, with its tenant. */
  readonly enter: Enter;
}

/** A rejected promise, or a throw, tells why somebody is not let in. */
export type Enter = (
  request: Request,
  roles?: readonly string[],
  queryKey?: string | null,
) => Awaitable<Entered>;

/** A caller that was let in, and its tenant. */
export interface Entered {
  readonly principal: EdgePrincipal;
  readonly tenant: EdgeTenant;
}
