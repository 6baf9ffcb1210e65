import type { Ingest } from "../../ingest/mod.ts";
import { createIntake, type Intake } from "../../intake/mod.ts";
import type { MappingRule, MappingSettings, UnknownPolicy } from "../../mapping/mod.ts";
import type { NamingStatus } from "../../http/mod.ts";
import type { EdgeLog } from "../edge_log.ts";
import { addCount } from "../outbox/mod.ts";
import type { NamingReport, RefusedMapping, SyncAnswer, SyncRequest } from "../protocol.ts";
import {
  type KeptDevice,
  type SqlDatabase,
  type SqliteStore,
  WaitingPoints,
} from "../store/mod.ts";
import { type KnownNames, knownNames } from "./known_names.ts";
import { ToldQuarantine } from "./told_quarantine.ts";
import { WaitingRoom } from "./waiting_room.ts";

/** Series in quarantine that a status tells, those seen last. */
const QUARANTINED_TOLD = 20;

export interface NamingOptions {
  readonly database: SqlDatabase;
  readonly store: SqliteStore;
  /** Wall clock, ms. */
  readonly now: () => number;
  readonly log: EdgeLog;
}

/** What a sync says of names. */
export type NamingNews = Pick<SyncRequest, "names" | "quarantine">;

/** Where samples of this edge are mapped without rules of its own. */
export interface IntakeRules {
  /** They come before those of the tenant. */
  readonly rules: readonly MappingRule[];
  /** What happens to unknown names while the gateway has not given a mapping. */
  readonly unmapped: UnknownPolicy;
}

/**
 * How an edge names samples: by the mapping of its tenant, and with what becomes of names that are not
 * known. What is to be made waits here until the gateway has made it.
 */
export class Naming {
  readonly #options: NamingOptions;
  readonly #room: WaitingRoom;
  readonly #told: ToldQuarantine;
  #refused: RefusedMapping | null = null;
  /** One after the other: what waits must be taken once. */
  #releasing: Promise<void> = Promise.resolve();
  #known: { readonly devices: readonly KeptDevice[]; readonly names: KnownNames } | undefined;

  constructor(options: NamingOptions) {
    this.#options = options;
    const { database, store, now } = options;
    this.#room = new WaitingRoom(new WaitingPoints(database), store.room, now);
    this.#told = new ToldQuarantine(database, store.room);
  }

  /** An intake by the tenant's mapping. Each has a memory of its own, and all share the rest. */
  openIntake(ingest: Ingest, { rules, unmapped }: IntakeRules): Intake {
    const { now, store } = this.#options;
    return createIntake({
      ingest,
      now,
      quarantine: this.#told.quarantine,
      settings: () => Promise.resolve(settingsOf(store.mapping(), rules, unmapped)),
      hold: (points) => this.#room.hold(points, (dropped) => this.#countDropped(dropped)),
    });
  }

  /** Takes note of new assignments. */
  onAssigned(refused: RefusedMapping | null): void {
    this.#tellRefused(refused);
    this.#told.forget(this.#names());
  }

  /** Lets go what waits under names that are known by now. */
  release(ingest: Ingest): Promise<void> {
    const work = this.#releasing.then(() =>
      this.#room.release(ingest, this.#names(), (refusals) => {
        const codes = [...new Set(refusals.map(({ code }) => code))];
        const points = refusals.length;
        this.#options.log("warning", "Points that had waited are refused", { points, codes });
      })
    );
    this.#releasing = work.catch(() => {});
    return work;
  }

  /** What the gateway should hear of. */
  news(): NamingNews {
    this.save();
    const names = this.#room.wanted(this.#names());
    const quarantine = this.#told.untold(this.#options.now());
    return {
      ...names !== undefined && { names },
      ...quarantine.length > 0 && { quarantine },
    };
  }

  /**
   * Takes over what the gateway has answered to news.
   * @returns Whether names were made, which come with the next assignments.
   */
  heard(news: NamingNews, { names }: SyncAnswer): boolean {
    const { now } = this.#options;
    this.#told.settle(news.quarantine ?? [], now());
    if (names === undefined) return false;
    for (const { series, points, lastAt, lastValue } of this.#room.refuse(names.refused)) {
      const { device, metric: { name: metric, unit, kind } } = series;
      const mapped = { outcome: "mapped", rule: null, device, metric, unit, kind } as const;
      const last = { series: mapped, at: lastAt, value: lastValue, points };
      this.#told.quarantine.add(last, now());
    }
    return true;
  }

  /** Keeps what quarantine has counted. */
  save(): void {
    this.#told.save();
  }

  report(): NamingReport {
    return {
      mappingVersion: this.#options.store.mapping()?.version ?? null,
      refusedMapping: this.#refused,
      quarantined: this.#told.quarantine.totals(),
      waiting: this.#room.totals(),
    };
  }

  status(): NamingStatus {
    const { quarantined, waiting } = this.report();
    const mapping = this.#options.store.mapping();
    const newest = this.#told.quarantine.list().slice(-QUARANTINED_TOLD).toReversed();
    return {
      mapping: mapping === undefined ? null : {
        version: mapping.version,
        rules: mapping.rules.length,
        unknown: mapping.unknown,
      },
      refusedMapping: this.#refused,
      quarantine: { ...quarantined, newest },
      waiting,
    };
  }

  #names(): KnownNames {
    const { store } = this.#options;
    const devices = store.listDevices();
    if (this.#known?.devices !== devices) {
      this.#known = { devices, names: knownNames(devices, store.vocabulary) };
    }
    return this.#known.names;
  }

  #tellRefused(refused: RefusedMapping | null): void {
    if (refused !== null && refused.code !== this.#refused?.code) {
      const { code, message: reason } = refused;
      const message = "Mapping rules are refused, those before go on";
      this.#options.log("error", message, { code, reason });
    }
    this.#refused = refused;
  }

  #countDropped(points: number): void {
    addCount(this.#options.database, "pointsDropped", points);
    this.#options.log("warning", "Too much waits for names, the oldest points are dropped", {
      points,
    });
  }
}

/** No version of a mapping. */
const UNMAPPED_VERSION = -1;

function settingsOf(
  mapping: MappingSettings | undefined,
  rules: readonly MappingRule[],
  unmapped: UnknownPolicy,
): MappingSettings {
  if (mapping === undefined) return { rules, unknown: unmapped, version: UNMAPPED_VERSION };
  return rules.length === 0 ? mapping : { ...mapping, rules: [...rules, ...mapping.rules] };
}
