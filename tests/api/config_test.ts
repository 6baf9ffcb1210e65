import { assertEquals, assertFalse, assertStringIncludes, assertThrows } from "@std/assert";
import { ConfigError, readConfig, SETTING_NAMES, settingsText } from "../../api/config.ts";

const STRONG = "q4Jt9ZxW1mB7uLr2Vd8KcYp5NfHs3AeG";

function configOf(env: Record<string, string>) {
  return readConfig((name) => env[name]);
}

Deno.test("without any setting the gateway listens on this machine only", () => {
  assertEquals(configOf({}), {
    dataDir: "treeline-data",
    databaseUrl: "file:treeline-data/treeline.db",
    databaseToken: undefined,
    host: "127.0.0.1",
    port: 8000,
    development: false,
    cursorSecret: undefined,
    drainMs: 10_000,
  });
});

Deno.test("every setting is read", () => {
  assertEquals(
    configOf({
      TREELINE_DATA: "d",
      TREELINE_DATABASE_URL: "http://127.0.0.1:8080",
      TREELINE_DATABASE_TOKEN: STRONG,
      TREELINE_HOST: "0.0.0.0",
      TREELINE_PORT: "0",
      TREELINE_MODE: "development",
      TREELINE_CURSOR_SECRET: STRONG,
      TREELINE_DRAIN_SECONDS: "3",
    }),
    {
      dataDir: "d",
      databaseUrl: "http://127.0.0.1:8080",
      databaseToken: STRONG,
      host: "0.0.0.0",
      port: 0,
      development: true,
      cursorSecret: STRONG,
      drainMs: 3_000,
    },
  );
});

const REFUSED = [
  ["TREELINE_PORT", "65536", "from 0 to 65535"],
  ["TREELINE_PORT", "-1", "whole number"],
  ["TREELINE_PORT", "8e3", "whole number"],
  ["TREELINE_MODE", "debug", "neither production nor development"],
  ["TREELINE_DATABASE_URL", "postgres://x", "starts with none of file:"],
  ["TREELINE_DATA", " ", "blank"],
  ["TREELINE_DRAIN_SECONDS", "3601", "from 0 to 3600"],
] as const;

for (const [name, text, named] of REFUSED) {
  Deno.test(`${name} "${text}" is refused by name`, () => {
    const error = assertThrows(() => configOf({ [name]: text }), ConfigError, named);
    assertStringIncludes(error.message, name);
  });
}

const WEAK = [
  "secret",
  "changeme",
  "a".repeat(64),
  "abababababababababababababababababab",
  "change-me-to-something-long-enough-please",
  "my-default-cursor-secret-0123456789",
  STRONG.slice(1),
];

for (const secret of WEAK) {
  Deno.test(`the weak secret "${secret}" is refused and not quoted`, () => {
    for (const name of ["TREELINE_CURSOR_SECRET", "TREELINE_DATABASE_TOKEN"]) {
      const { message } = assertThrows(() => configOf({ [name]: secret }), ConfigError, name);
      assertFalse(message.includes(secret) && secret !== "secret");
    }
  });
}

Deno.test("the help lists every setting", () => {
  for (const name of SETTING_NAMES) assertStringIncludes(settingsText(), name);
});
