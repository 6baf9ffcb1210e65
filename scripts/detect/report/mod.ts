/** A detection as one HTML file that needs nothing else: it opens offline. */
export { reportHtml } from "./page.ts";
