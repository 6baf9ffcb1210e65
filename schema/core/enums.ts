import { builder } from "./builder.ts";

export const SeverityEnum = builder.enumType("Severity", {
  description: "How bad an anomaly is, by the severity profile of its detector.",
  values: ["LOW", "MEDIUM", "HIGH", "CRITICAL"] as const,
});

export const AnomalyKindEnum = builder.enumType("AnomalyKind", {
  description: "What an anomaly is about, from the category of its leading metric.",
  values: ["RESOURCE", "PERFORMANCE", "TRAFFIC", "SYSTEM"] as const,
});

export const IncidentStateEnum = builder.enumType("IncidentState", {
  description: "Where an incident is in its life.",
  values: {
    SUSPECTED: { description: "Anomalous, but not often enough to say so." },
    OPEN: { description: "Confirmed." },
    RECOVERING: { description: "Normal again, but not for long enough to believe it." },
    RESOLVED: { description: "Over; the same pattern soon after reopens it." },
    CLOSED: { description: "Over for good." },
  } as const,
});

export const IncidentActionEnum = builder.enumType("IncidentAction", {
  description: "One step of an incident's life.",
  values: {
    CREATE: { description: "First anomalous bucket." },
    CONFIRM: { description: "Enough of them." },
    CONTINUE: { description: "Anomalous again while recovering, or more severe." },
    RECOVER: { description: "First normal bucket." },
    RESOLVE: { description: "Normal for the whole grace, or a person says so." },
    REOPEN: { description: "The same pattern within the separation." },
    CLOSE: { description: "The separation is over, or a suspicion has lapsed." },
    ACKNOWLEDGE: { description: "A person has seen it." },
    SILENCE: { description: "A person wants to hear no more of it for a time, or again." },
  } as const,
});

export const DirectionEnum = builder.enumType("Direction", {
  description: "To which side of the expected value a metric went.",
  values: ["HIGH", "LOW"] as const,
});

export const EdgeStatusEnum = builder.enumType("EdgeStatus", {
  description: "Whether an edge is heard of.",
  values: {
    ONLINE: { value: "online", description: "Lately." },
    OFFLINE: { value: "offline", description: "Not for two minutes: what it has will come later." },
  } as const,
});

export const RoleEnum = builder.enumType("Role", {
  description: "What an API key may do.",
  values: {
    VIEWER: { value: "viewer", description: "Reads." },
    RESPONDER: { value: "responder", description: "Also acknowledges and resolves incidents." },
    ENGINEER: { value: "engineer", description: "Also changes devices, metrics and detectors." },
    ADMIN: { value: "admin", description: "Also manages API keys." },
    EDGE: { value: "edge", description: "Sends telemetry and reads nothing." },
  } as const,
});

export const MetricDataTypeEnum = builder.enumType("MetricDataType", {
  description: "How the values of a metric are read.",
  values: {
    GAUGE: { value: "gauge", description: "As they are." },
    COUNTER: { value: "counter", description: "As a rate per second, resets handled." },
  } as const,
});

export const ThresholdModeEnum = builder.enumType("ThresholdMode", {
  description: "Where a fit puts the threshold.",
  values: {
    AUTO: { description: "At the score that one in a thousand training rows would pass." },
    CONTAMINATION: { description: "At the training quantile that the contamination names." },
    TUNED: { description: "Where it is best against the labels of the training time." },
    BUDGET: { description: "As low as gives at most `pagesPerWeek` incidents of a device." },
  } as const,
});

export const ForwardingEnum = builder.enumType("Forwarding", {
  description: "What edges send of a metric beside anomalies and incidents, which always go up.",
  values: {
    AGGREGATES: { value: "aggregates", description: "A sketch of each period of a day." },
    ANOMALIES: { value: "anomalies", description: "These, and the points around anomalies." },
    ALL: { value: "all", description: "Every point." },
  } as const,
});

export const SeverityProfileEnum = builder.enumType("SeverityProfile", {
  description: "Which excess over the threshold has which severity.",
  values: {
    SMARTBOX: { value: "smartbox", description: "MEDIUM from 0.1, HIGH 0.3, CRITICAL 0.6." },
    PHASE3: { value: "phase3", description: "MEDIUM from 0.4, HIGH 0.8, no CRITICAL." },
  } as const,
});

export const TransformEnum = builder.enumType("Transform", {
  description: "How a feature is made of a metric's buckets.",
  values: {
    VALUE: { value: "value", description: "The bucket's mean." },
    DELTA: { value: "delta", description: "Difference to the bucket before." },
    LAG: { value: "lag", description: "The value `window` buckets ago." },
    ROLLING_MEAN: { value: "rollingMean", description: "Mean of the last `window` buckets." },
    ROLLING_STD: { value: "rollingStd", description: "Their standard deviation." },
    ROLLING_MIN: { value: "rollingMin", description: "Their least value." },
    ROLLING_MAX: { value: "rollingMax", description: "Their greatest value." },
    RESIDUAL: { value: "residual", description: "Value less the mean of the window before it." },
    SEASONAL_RESIDUAL: {
      value: "seasonalResidual",
      description: "Value less the median of the same time of day over `window` days.",
    },
    LEVEL_NOVELTY: {
      value: "levelNovelty",
      description: "How unlike anything known the mean of the last `window` buckets is.",
    },
    SPREAD_NOVELTY: {
      value: "spreadNovelty",
      description: "The same of their standard deviation.",
    },
    SEASONAL_NOVELTY: {
      value: "seasonalNovelty",
      description: "The same of their mean residual against the same time of day.",
    },
    HOUR_SIN: { value: "hourSin", description: "Local time of day, first coordinate." },
    HOUR_COS: { value: "hourCos", description: "Local time of day, second coordinate." },
    WEEKDAY: { value: "weekday", description: "ISO day of the local week." },
  } as const,
});

export const DriftReactionEnum = builder.enumType("DriftReaction", {
  description: "What follows from a drift besides the telling.",
  values: {
    NONE: { description: "Nothing." },
    REFIT: { description: "A fit to the newest month; its model replaces the one in production." },
  } as const,
});

export const DriftStateEnum = builder.enumType("DriftState", {
  description: "What the drift monitors say of a window.",
  values: {
    STABLE: { description: "As the model was fitted." },
    WATCH: { description: "Something has drifted, but not for long enough; or F1 is below 0.85." },
    ALARM: { description: "Three windows in a row have drifted, or F1 is below 0.8." },
  } as const,
});

export const JobStateEnum = builder.enumType("JobState", {
  description: "Where a job is in its life.",
  values: {
    QUEUED: { value: "queued" },
    RUNNING: { value: "running" },
    SUCCEEDED: { value: "succeeded" },
    FAILED: { value: "failed" },
    CANCELLED: { value: "cancelled" },
  } as const,
});
