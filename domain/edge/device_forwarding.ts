import {
  FORWARDING_POLICIES,
  type ForwardingPolicy,
} from "../../scoring/edge/standalone/protocol.ts";
import { type Detector, isInScope } from "../detection/detectors.ts";
import type { Device } from "../fleet/devices.ts";

/** What a detector says of forwarding. */
export type ForwardingDetector = Pick<Detector, "id" | "scope" | "forwarding"> & {
  /** Names of the metrics that it watches. */
  readonly metrics: readonly string[];
};

/**
 * What edges send of a device's metrics that they do not send raw, by the metrics' names. A metric gets
 * the most that any detector watching it wants; one without a model wants every point, to be fitted.
 *
 * @param detectors Those that are enabled.
 * @param judging The detectors that have a model for the device.
 */
export function deviceForwarding(
  detectors: readonly ForwardingDetector[],
  device: Pick<Device, "id" | "cohort">,
  judging: readonly { readonly detector_id: string }[],
): ReadonlyMap<string, ForwardingPolicy> {
  const wanted = new Map<string, ForwardingPolicy>();
  const judgingIds = new Set(judging.map(({ detector_id }) => detector_id));
  for (const { id, scope, forwarding: own, metrics } of detectors) {
    if (!isInScope(scope, device)) continue;
    const forwarding = judgingIds.has(id) ? own : "all";
    for (const metric of metrics) {
      const most = wanted.get(metric);
      if (most === undefined || sendsMore(forwarding, most)) wanted.set(metric, forwarding);
    }
  }
  for (const [metric, policy] of wanted) if (policy === "all") wanted.delete(metric);
  return wanted;
}

function sendsMore(left: ForwardingPolicy, right: ForwardingPolicy): boolean {
  return FORWARDING_POLICIES.indexOf(left) > FORWARDING_POLICIES.indexOf(right);
}
