/** Version of this software, as an edge tells it to its gateway. */
export const VERSION = "0.1.0";
