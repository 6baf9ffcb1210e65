/** What the demo speaks to the gateway with: the same HTTP as anyone's client. */
export interface DemoClient {
  readonly url: string;
  readonly key: string;
  /**
   * Runs a GraphQL operation and gives its data.
   *
   * @throws {Error} with the gateway's own messages when there are any.
   */
  query<T>(document: string, variables?: Readonly<Record<string, unknown>>): Promise<T>;
  /**
   * Runs a mutation of one field and gives its success.
   *
   * @throws {Error} with the message of any other member of its union.
   */
  mutate<T>(document: string, input: unknown): Promise<T>;
  /** Posts JSON with the key. */
  post(path: string, body: unknown): Promise<Response>;
}

interface GraphQLAnswer {
  readonly data?: unknown;
  readonly errors?: readonly { readonly message: string }[];
}

export function createDemoClient(url: string, key: string): DemoClient {
  const post = (path: string, body: unknown) =>
    fetch(url + path, {
      method: "POST",
      headers: { "authorization": `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  const query = async (document: string, variables = {}) => {
    const response = await post("/graphql", { query: document, variables });
    const { data, errors } = await response.json() as GraphQLAnswer;
    if (errors) throw new Error(errors.map(({ message }) => message).join("; "));
    return data;
  };
  return {
    url,
    key,
    post,
    query: async <T>(document: string, variables?: Readonly<Record<string, unknown>>) =>
      await query(document, variables) as T,
    mutate: async <T>(document: string, input: unknown) => {
      const data = await query(document, { input }) as Record<string, MutationAnswer>;
      const [[field, answer]] = Object.entries(data);
      if (answer.__typename.endsWith("Success")) return answer as T;
      throw new Error(`${field} was answered with ${answer.__typename}: ${answer.message}`);
    },
  };
}

interface MutationAnswer {
  readonly __typename: string;
  readonly message?: string;
}
