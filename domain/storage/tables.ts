import type { Generated } from "kysely";

/**
 * The tables as migrations leave them; columns keep their SQL names everywhere. Instants are integer
 * milliseconds since the epoch, JSON is text, booleans are 0 or 1.
 */
export interface Tables {
  tenants: TenantTable;
  devices: DeviceTable;
  mapping_rules: MappingRulesTable;
  metric_definitions: MetricDefinitionTable;
  series: SeriesTable;
  telemetry_points: TelemetryPointTable;
  progress: ProgressTable;
  detectors: DetectorTable;
  models: ModelTable;
  model_aliases: ModelAliasTable;
  settings: SettingTable;
  baselines: BaselineTable;
  anomalies: AnomalyTable;
  incidents: IncidentTable;
  events: EventTable;
  jobs: JobTable;
  api_keys: ApiKeyTable;
  edges: EdgeTable;
  edge_sketches: EdgeSketchTable;
  change_log: ChangeLogTable;
  labels: LabelTable;
  explanations: ExplanationTable;
  drift_reports: DriftReportTable;
  quarantined_series: QuarantinedSeriesTable;
}

export interface TenantTable {
  id: string;
  name: string;
  tier: string;
  /** IANA zone. */
  time_zone: string;
  /** PeriodCalendar as JSON. */
  calendar: string;
  /** "live": an injected clock closes buckets of silent devices; "replay": only data does. */
  clock_mode: string;
  lateness_ms: number;
  metadata: string;
  created_at: number;
  version: number;
}

export interface DeviceTable {
  id: string;
  tenant_id: string;
  /** The tenant's own name of the device, unique in the tenant. */
  external_id: string;
  name: string;
  /** "api", "xsight", "mobicontrol", … */
  source: string;
  cohort: string | null;
  time_zone: string | null;
  metadata: string;
  created_at: number;
  version: number;
}

export interface MappingRulesTable {
  tenant_id: string;
  /** "create", "refuse" or "quarantine". */
  unknown_names: string;
  /** MappingRule[] as JSON. */
  rules: string;
  updated_at: number;
  version: number;
}

export interface MetricDefinitionTable {
  id: string;
  tenant_id: string;
  name: string;
  category: string;
  unit: string;
  /** "gauge" or "counter". */
  data_type: string;
  is_standard: number;
  min_value: number | null;
  max_value: number | null;
  created_at: number;
  version: number;
}

export interface SeriesTable {
  id: Generated<number>;
  tenant_id: string;
  device_id: string;
  metric_id: string;
}

/** Clustered on (series_id, at), without rowid; the tenant is the series'. */
export interface TelemetryPointTable {
  series_id: number;
  at: number;
  value: number;
  late: number;
}

/** How far a device's points are folded. Incident counters are in `incidents`. */
export interface ProgressTable {
  device_id: string;
  tenant_id: string;
  watermark: number;
  updated_at: number;
  version: number;
}

export interface DetectorTable {
  id: string;
  tenant_id: string;
  name: string;
  /** DetectorScope as JSON. */
  scope: string;
  /** FeaturePlan as JSON. */
  feature_plan: string;
  /** Name of an algorithm. */
  algorithm: string;
  /** The algorithm's parameters by name, and `seed`, as JSON. */
  parameters: string;
  threshold_mode: string;
  contamination: number;
  pages_per_week: number;
  severity_profile: string;
  /** IncidentPolicy as JSON. */
  incident_policy: string;
  /** ForwardingPolicy of stand-alone edges. */
  forwarding: string;
  /** DetectorDriftPolicy as JSON. */
  drift_policy: string;
  /** Null for a detector that people fit. */
  refit_every_ms: number | null;
  enabled: number;
  created_at: number;
  version: number;
}

export interface LabelTable {
  id: string;
  tenant_id: string;
  device_id: string;
  from_at: number;
  until_at: number;
  is_anomaly: number;
  note: string;
  created_by: string;
  created_at: number;
}

export interface ModelTable {
  /** Content hash, 64 hex digits. */
  id: string;
  tenant_id: string;
  detector_id: string;
  /** Device, cohort or tenant that it was fitted for. */
  entity_id: string;
  /** vYYYYMMDD_HHMMSS. */
  label: string;
  bundle: Uint8Array;
  /** What the GraphQL type shows without decoding: provenance and calibrations as JSON. */
  summary: string;
  created_at: number;
}

export interface ModelAliasTable {
  tenant_id: string;
  detector_id: string;
  entity_id: string;
  /** production, shadow, canary, archived. */
  alias: string;
  model_id: string;
  updated_at: number;
}

export interface SettingTable {
  tenant_id: string;
  detector_id: string;
  entity_id: string;
  version: number;
  /** Setting as JSON. */
  body: string;
  signature: Uint8Array;
  created_at: number;
}

export interface BaselineTable {
  id: string;
  tenant_id: string;
  /** "series". */
  scope: string;
  device_id: string | null;
  metric_id: string;
  period: string;
  /** { count, median, mad, mean, min, max, quantiles: {p01,p05,p25,p75,p95,p99} } as JSON. */
  stats: string;
  valid_from: number;
  valid_to: number | null;
  version: number;
  created_at: number;
}

export interface AnomalyTable {
  id: string;
  tenant_id: string;
  detector_id: string;
  detector_name: string;
  device_id: string;
  incident_id: string;
  fingerprint: string;
  kind: string;
  at: number;
  severity: string;
  score: number;
  threshold: number;
  tail: number;
  confidence: number;
  period: string;
  model_period: string;
  model_id: string;
  setting_version: number;
  top_metric: string;
  value: number;
  expected: number;
  /** Contribution[] as JSON. */
  contributions: string;
  created_at: number;
}

export interface IncidentTable {
  id: string;
  tenant_id: string;
  detector_id: string;
  device_id: string;
  fingerprint: string;
  kind: string;
  /** PatternMetric[] as JSON. */
  pattern: string;
  state: string;
  severity: string;
  peak_score: number;
  peak_at: number;
  opened_at: number;
  last_at: number;
  confirmed_at: number | null;
  resolved_at: number | null;
  closed_at: number | null;
  acknowledged_at: number | null;
  acknowledged_by: string | null;
  anomaly_count: number;
  quiet_buckets: number;
  version: number;
  /** Until when nobody wants to hear of it, ms. */
  silenced_until: number | null;
  silenced_by: string | null;
}

export interface EventTable {
  seq: Generated<number>;
  tenant_id: string;
  /** As in `EventType`. */
  type: string;
  subject_id: string;
  /** The subject's full snapshot with its version, as JSON. */
  payload: string;
  at: number;
}

export interface JobTable {
  id: string;
  tenant_id: string;
  /** "fit", "baseline" or "drift". */
  kind: string;
  params: string;
  /** queued, running, succeeded, failed, cancelled. */
  state: string;
  /** 0 to 1. */
  progress: number;
  message: string;
  result: string | null;
  error: string | null;
  lease_owner: string | null;
  lease_until: number | null;
  attempts: number;
  created_at: number;
  started_at: number | null;
  finished_at: number | null;
  version: number;
}

export interface ApiKeyTable {
  id: string;
  tenant_id: string;
  name: string;
  /** Public part, for look-up. */
  prefix: string;
  /** SHA-256 of the whole key, hex. */
  hash: string;
  role: string;
  created_at: number;
  revoked_at: number | null;
}

/** What the gateway has of a stand-alone edge: acknowledged up to `ack_seq` in this epoch. */
export interface EdgeTable {
  tenant_id: string;
  edge_id: string;
  epoch: string;
  ack_seq: number;
  last_seen_at: number;
  status: string;
  /** `EdgeReport` as JSON; `{}` from an edge that has sent none. */
  report: string;
}

/** The values that an edge has seen of a metric in one occurrence of a period. */
export interface EdgeSketchTable {
  tenant_id: string;
  device_id: string;
  metric_id: string;
  from_at: number;
  edge_id: string;
  until_at: number;
  period: string;
  count: number;
  /** Serialised sketch. */
  sketch: string;
  updated_at: number;
}

export interface ChangeLogTable {
  id: string;
  tenant_id: string;
  device_id: string | null;
  at: number;
  kind: string;
  summary: string;
  details: string;
  created_at: number;
}

export interface ExplanationTable {
  id: string;
  tenant_id: string;
  anomaly_id: string;
  kind: string;
  text: string;
  evidence: string;
  created_at: number;
}

/** What the drift monitors say of one window of a device; one for each. */
export interface DriftReportTable {
  id: string;
  tenant_id: string;
  detector_id: string;
  device_id: string;
  /** The model whose training rows were the reference. */
  model_id: string;
  from_at: number;
  until_at: number;
  /** FeatureDrift[] as JSON. */
  features: string;
  /** ColumnDrift as JSON; null where too few scores are known. */
  score: string | null;
  f1: number | null;
  /** 1 to 10. */
  severity: number;
  /** "STABLE", "WATCH" or "ALARM". */
  state: string;
  is_action: number;
  created_at: number;
}

/** A series whose points are kept out, as their names are not known. */
export interface QuarantinedSeriesTable {
  /** Hash of tenant, edge, device and metric. */
  id: string;
  tenant_id: string;
  /** Empty for the gateway's own intake. */
  edge_id: string;
  /** What its device and metric would be called. */
  device: string;
  metric: string;
  unit: string;
  /** "gauge" or "counter". */
  kind: string;
  /** SeriesOrigin as JSON; null where it is not known. */
  origin: string | null;
  points: number;
  first_seen_at: number;
  last_seen_at: number;
  /** Event time of the point that came last, and its value. */
  last_at: number;
  last_value: number;
  /** Null while it is listed. */
  dismissed_at: number | null;
  dismissed_by: string | null;
}
