/** How a stand-alone edge names samples, and what waits for names or for a person. */
export { type IntakeRules, Naming, type NamingNews } from "./naming.ts";
export { WAITING_POINTS_MAX, WAITING_SERIES_MAX } from "./waiting_room.ts";
