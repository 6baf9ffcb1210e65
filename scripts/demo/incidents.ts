import type { DemoClient } from "./client.ts";
import { DEMO_DETECTORS } from "./catalogue.ts";
import type { DemoIncident } from "./report.ts";

const PAGE_SIZE = 100;

const INCIDENTS = `query Incidents($first: Int!, $after: String) {
  incidents(first: $first, after: $after) {
    edges {
      node {
        device { id externalId }
        detector { name }
        state
        severity
        peakScore
        peakAt
        openedAt
        lastAt
        confirmedAt
        pattern { metric }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}`;

const PEAK = `query Peak($filter: AnomalyFilter!) {
  anomalies(first: 1, filter: $filter) {
    edges { node { topMetric contributions { feature share } } }
  }
}`;

interface IncidentNode {
  readonly device: { readonly id: string; readonly externalId: string };
  readonly detector: { readonly name: string };
  readonly state: string;
  readonly severity: string;
  readonly peakScore: number;
  readonly peakAt: string;
  readonly openedAt: string;
  readonly lastAt: string;
  readonly confirmedAt: string | null;
  readonly pattern: readonly { readonly metric: string }[];
}

interface IncidentsPage {
  readonly incidents: {
    readonly edges: readonly { readonly node: IncidentNode }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
  };
}

interface PeakPage {
  readonly anomalies: {
    readonly edges: readonly {
      readonly node: {
        readonly topMetric: string;
        readonly contributions: readonly { readonly feature: string; readonly share: number }[];
      };
    }[];
  };
}

/** Every incident of these devices that was confirmed, by device and opening. */
export async function listDemoIncidents(
  client: DemoClient,
  devices: readonly string[],
): Promise<DemoIncident[]> {
  const nodes = (await allIncidents(client))
    .filter((node) => node.confirmedAt !== null && devices.includes(node.device.externalId))
    .toSorted((a, b) => compare(orderOf(a, devices), orderOf(b, devices)));
  const incidents: DemoIncident[] = [];
  for (const node of nodes) incidents.push(await demoIncident(client, node));
  return incidents;
}

/** How many incidents were confirmed so far. */
export async function countConfirmed(client: DemoClient): Promise<number> {
  return (await allIncidents(client)).filter(({ confirmedAt }) => confirmedAt !== null).length;
}

async function allIncidents(client: DemoClient): Promise<IncidentNode[]> {
  const nodes: IncidentNode[] = [];
  let after: string | undefined;
  for (;;) {
    const { incidents } = await client.query<IncidentsPage>(INCIDENTS, { first: PAGE_SIZE, after });
    nodes.push(...incidents.edges.map(({ node }) => node));
    if (!incidents.pageInfo.hasNextPage) return nodes;
    after = incidents.pageInfo.endCursor;
  }
}

function orderOf(node: IncidentNode, devices: readonly string[]): [number, string] {
  return [devices.indexOf(node.device.externalId), node.openedAt];
}

function compare(a: [number, string], b: [number, string]): number {
  return a[0] - b[0] || (a[1] < b[1] ? -1 : 1);
}

async function demoIncident(client: DemoClient, node: IncidentNode): Promise<DemoIncident> {
  const detector = DEMO_DETECTORS.find(({ name }) => name === node.detector.name);
  const peakAt = Date.parse(node.peakAt);
  const { anomalies } = await client.query<PeakPage>(PEAK, {
    filter: {
      deviceId: node.device.id,
      from: node.peakAt,
      to: new Date(peakAt + 1).toISOString(),
    },
  });
  const peak = anomalies.edges.at(0)?.node;
  return {
    device: node.device.externalId,
    openedAt: Date.parse(node.openedAt),
    lastAt: Date.parse(node.lastAt),
    bucketMs: detector?.bucketMs ?? 0,
    state: node.state,
    severity: node.severity,
    peakScore: node.peakScore,
    topMetric: peak?.topMetric ?? node.pattern[0].metric,
    contribution: contributionText(peak?.contributions ?? []),
  };
}

function contributionText(
  contributions: readonly { readonly feature: string; readonly share: number }[],
): string {
  const [first] = contributions;
  return first ? `${first.feature} ${Math.round(first.share * 100)} %` : "-";
}
