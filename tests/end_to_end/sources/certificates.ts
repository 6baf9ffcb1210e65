/** Certificates of a broker that is called `localhost`, of an authority made for the test. */
export interface Certificates extends AsyncDisposable {
  readonly folder: string;
  /** Of the authority that signed the broker's. */
  readonly ca: string;
  /** Of one that did not. */
  readonly otherCa: string;
  readonly cert: string;
  readonly key: string;
}

export async function makeCertificates(): Promise<Certificates> {
  const folder = await Deno.makeTempDir({ prefix: "treeline-tls-" });
  const at = (name: string) => `${folder}/${name}`;
  for (const name of ["ca", "other"]) {
    await openssl([
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
      ...["-days", "2", "-subj", `/CN=${name}`, "-keyout", at(`${name}.key`)],
      ...["-addext", "basicConstraints=critical,CA:true", "-out", at(`${name}.pem`)],
    ]);
  }
  await openssl([
    ...["req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
    ...["-subj", "/CN=localhost", "-keyout", at("broker.key"), "-out", at("broker.csr")],
  ]);
  await Deno.writeTextFile(at("names"), "subjectAltName=DNS:localhost");
  await openssl([
    ...["x509", "-req", "-in", at("broker.csr"), "-CA", at("ca.pem"), "-CAkey", at("ca.key")],
    ...["-CAcreateserial", "-days", "2", "-extfile", at("names"), "-out", at("broker.pem")],
  ]);
  return {
    folder,
    ca: at("ca.pem"),
    otherCa: at("other.pem"),
    cert: at("broker.pem"),
    key: at("broker.key"),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

function openssl(args: readonly string[]): Promise<void> {
  return runProgram("openssl", args);
}

/** Runs a program to its end; throws what it says when it fails. */
export async function runProgram(program: string, args: readonly string[]): Promise<void> {
  const command = new Deno.Command(program, { args: [...args], stderr: "piped" });
  const { success, stderr } = await command.output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}
