# workerd serve config.capnp, with the settings of `deno task edge` in the environment.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "edge", worker = .edge),
    (name = "disk", disk = (path = "edge-storage", writable = true)),
    (name = "internet", network = (allow = ["public", "private", "local"], tlsOptions = (trustBrowserCas = true))),
  ],
  sockets = [(name = "http", address = "127.0.0.1:8100", http = (), service = "edge")],
);

const edge :Workerd.Worker = (
  modules = [
    (name = "worker.js", esModule = embed "worker.js"),
    (name = "kernel.wasm", wasm = embed "kernel.wasm"),
  ],
  compatibilityDate = "2026-01-01",
  durableObjectNamespaces = [
    (className = "EdgeObject", uniqueKey = "treeline-edge", enableSql = true),
  ],
  durableObjectStorage = (localDisk = "disk"),
  globalOutbound = "internet",
  bindings = [
    (name = "EDGE", durableObjectNamespace = "EdgeObject"),
    (name = "TREELINE_GATEWAY_URL", fromEnvironment = "TREELINE_GATEWAY_URL"),
    (name = "TREELINE_EDGE_KEY", fromEnvironment = "TREELINE_EDGE_KEY"),
    (name = "TREELINE_TRUSTED_KEYS", fromEnvironment = "TREELINE_TRUSTED_KEYS"),
    (name = "TREELINE_SENDER_KEY", fromEnvironment = "TREELINE_SENDER_KEY"),
    (name = "TREELINE_EDGE_ID", fromEnvironment = "TREELINE_EDGE_ID"),
    (name = "TREELINE_EDGE_OUTBOX_MB", fromEnvironment = "TREELINE_EDGE_OUTBOX_MB"),
    (name = "TREELINE_EDGE_DISK_MB", fromEnvironment = "TREELINE_EDGE_DISK_MB"),
    (name = "TREELINE_EDGE_VOLATILE_MB", fromEnvironment = "TREELINE_EDGE_VOLATILE_MB"),
    (name = "TREELINE_EDGE_FORWARDING", fromEnvironment = "TREELINE_EDGE_FORWARDING"),
  ],
);
