import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import type { Connection, OpenTransaction } from "./connection.ts";

/** Kysely over a connection that is ours: it neither opens nor closes it. */
export class LibsqlDialect implements Dialect {
  constructor(private readonly connection: Connection) {}

  createAdapter(): SqliteAdapter {
    return new LibsqlAdapter();
  }

  createDriver(): Driver {
    return new LibsqlDriver(this.connection);
  }

  createIntrospector(db: Kysely<unknown>): SqliteIntrospector {
    return new SqliteIntrospector(db);
  }

  createQueryCompiler(): SqliteQueryCompiler {
    return new SqliteQueryCompiler();
  }
}

class LibsqlAdapter extends SqliteAdapter {
  // Else Kysely would queue the queries of all requests behind each other.
  override get supportsMultipleConnections(): boolean {
    return true;
  }

  // A migration that fails half way leaves nothing behind.
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class LibsqlDriver implements Driver {
  constructor(private readonly connection: Connection) {}

  init(): Promise<void> {
    return Promise.resolve();
  }

  acquireConnection(): Promise<DatabaseConnection> {
    return Promise.resolve(new LibsqlSession(this.connection));
  }

  beginTransaction(session: DatabaseConnection): Promise<void> {
    return (session as LibsqlSession).begin();
  }

  commitTransaction(session: DatabaseConnection): Promise<void> {
    return (session as LibsqlSession).end("commit");
  }

  rollbackTransaction(session: DatabaseConnection): Promise<void> {
    return (session as LibsqlSession).end("rollback");
  }

  releaseConnection(): Promise<void> {
    return Promise.resolve();
  }

  destroy(): Promise<void> {
    return Promise.resolve();
  }
}

/** What Kysely calls a connection: ours, or a transaction on it. */
class LibsqlSession implements DatabaseConnection {
  #transaction: OpenTransaction | undefined;

  constructor(private readonly connection: Connection) {}

  async begin(): Promise<void> {
    this.#transaction = await this.connection.begin();
  }

  async end(how: "commit" | "rollback"): Promise<void> {
    const transaction = this.#transaction;
    this.#transaction = undefined;
    await transaction?.[how]();
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const { rows, changes } = await (this.#transaction ?? this.connection).execute(query);
    return { rows: rows as R[], numAffectedRows: BigInt(changes) };
  }

  streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error("Cannot stream a query: read it in pages by its keyset");
  }
}
