import type { GraphiQLOptions } from "graphql-yoga";

/** What GraphiQL opens with: operations that answer on any tenant. */
const EXAMPLES =
  `# Press play and choose an operation. Ctrl-Space completes; the book on the left explains.

query Incidents {
  incidents(first: 5) {
    edges {
      node {
        state
        severity
        openedAt
        device { name }
        anomalies(first: 3) {
          edges { node { at score value expected contributions { feature share } } }
        }
      }
    }
  }
}

query Fleet {
  devices(first: 10) { edges { node { id externalId name } } }
  detectors(first: 10) { edges { node { id name } } }
}

subscription Watch {
  incidentChanged(after: "START") {
    cursor
    action
    node { severity state device { name } }
  }
}
`;

/** @param headers Filled in for the page's requests. */
export function graphiqlOptions(headers: Readonly<Record<string, string>> = {}): GraphiQLOptions {
  return { title: "Treeline", headers: JSON.stringify(headers), defaultQuery: EXAMPLES };
}

/** GraphiQL with all its assets inside, so that it works offline; loaded when someone asks for it. */
export async function graphiqlPage(options?: GraphiQLOptions): Promise<string> {
  const { renderGraphiQL } = await import("@graphql-yoga/render-graphiql");
  return renderGraphiQL(options);
}
