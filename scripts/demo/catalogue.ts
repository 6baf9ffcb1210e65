/** What the demo watches: devices, metrics and detectors, one entry a series that ships with it. */

const MINUTE_MS = 60_000;

/** A metric of the demo's tenant. */
export interface DemoMetric {
  readonly name: string;
  readonly category: string;
  readonly unit: string;
}

/** A device with its one series, in `data/<device>.csv.gz`. */
export interface DemoDevice {
  readonly name: string;
  readonly title: string;
  readonly cohort: string;
  readonly metric: string;
}

/** A detector over devices that report the same metric at the same pace. */
export interface DemoDetector {
  readonly name: string;
  readonly metric: string;
  readonly bucketMs: number;
  readonly devices: readonly string[];
}

export const DEMO_METRICS: readonly DemoMetric[] = [
  { name: "cpu_utilization", category: "resource", unit: "percent" },
  { name: "network_in", category: "traffic", unit: "bytes" },
  { name: "request_latency", category: "performance", unit: "milliseconds" },
  { name: "taxi_demand", category: "traffic", unit: "passengers" },
  { name: "temperature", category: "system", unit: "fahrenheit" },
  { name: "travel_time", category: "performance", unit: "seconds" },
  { name: "occupancy", category: "traffic", unit: "percent" },
  { name: "speed", category: "performance", unit: "mph" },
];

export const DEMO_DEVICES: readonly DemoDevice[] = [
  { name: "ec2-53ea38", title: "EC2 instance 53ea38", cohort: "ec2", metric: "cpu_utilization" },
  { name: "ec2-77c1ca", title: "EC2 instance 77c1ca", cohort: "ec2", metric: "cpu_utilization" },
  { name: "ec2-ac20cd", title: "EC2 instance ac20cd", cohort: "ec2", metric: "cpu_utilization" },
  { name: "ec2-fe7f93", title: "EC2 instance fe7f93", cohort: "ec2", metric: "cpu_utilization" },
  { name: "ec2-5abac7", title: "EC2 instance 5abac7", cohort: "ec2", metric: "network_in" },
  { name: "rds-cc0c53", title: "RDS instance cc0c53", cohort: "rds", metric: "cpu_utilization" },
  { name: "api-east", title: "API servers, east", cohort: "api", metric: "request_latency" },
  { name: "nyc-taxi", title: "New York taxis", cohort: "city", metric: "taxi_demand" },
  { name: "office", title: "Office", cohort: "building", metric: "temperature" },
  { name: "road-451", title: "Road segment 451", cohort: "road", metric: "travel_time" },
  { name: "road-t4013", title: "Road loop t4013", cohort: "road", metric: "occupancy" },
  { name: "road-7578", title: "Road loop 7578", cohort: "road", metric: "speed" },
];

/** Buckets are as wide as the series' usual interval. */
export const DEMO_DETECTORS: readonly DemoDetector[] = [
  detector("EC2 CPU", "cpu_utilization", 5, ["53ea38", "77c1ca", "ac20cd", "fe7f93"].map(ec2)),
  detector("EC2 network", "network_in", 5, [ec2("5abac7")]),
  detector("RDS CPU", "cpu_utilization", 5, ["rds-cc0c53"]),
  detector("API latency", "request_latency", 5, ["api-east"]),
  detector("Taxi demand", "taxi_demand", 30, ["nyc-taxi"]),
  detector("Office temperature", "temperature", 60, ["office"]),
  detector("Travel time", "travel_time", 10, ["road-451"]),
  detector("Road occupancy", "occupancy", 5, ["road-t4013"]),
  detector("Road speed", "speed", 5, ["road-7578"]),
];

function detector(
  name: string,
  metric: string,
  minutes: number,
  devices: readonly string[],
): DemoDetector {
  return { name, metric, bucketMs: minutes * MINUTE_MS, devices };
}

function ec2(id: string): string {
  return `ec2-${id}`;
}
