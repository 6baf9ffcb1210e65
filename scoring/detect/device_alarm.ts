import { deviceResiduals, deviceWatch, levelShift, seriesNovelty } from "../algorithm/mod.ts";

const DEVICE_ALARMS: readonly string[] = [
  deviceResiduals.name,
  deviceWatch.name,
  levelShift.name,
  seriesNovelty.name,
];

/**
 * Whether an algorithm raises one alarm for a device as a whole, after a wait of its own: the alarm
 * begins an incident at once, which goes on as one while other metrics come to lead it.
 */
export function raisesDeviceAlarm(algorithm: string): boolean {
  return DEVICE_ALARMS.includes(algorithm);
}
