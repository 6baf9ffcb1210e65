import type { Role } from "../../domain/mod.ts";

/** What each scope asks for; a role has all scopes up to its own. */
const RANK = { edge: 0, viewer: 1, responder: 2, engineer: 3, admin: 4 } as const;

/** The scopes that a role has. `edge` has none: it reads nothing here. */
export function scopesOf(role: Role): Record<Exclude<Role, "edge">, boolean> {
  const rank = RANK[role];
  return {
    viewer: rank >= RANK.viewer,
    responder: rank >= RANK.responder,
    engineer: rank >= RANK.engineer,
    admin: rank >= RANK.admin,
  };
}
