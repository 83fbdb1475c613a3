/** HTTPS in front of a server, as a proxy gives it: with a certificate that nobody vouches for. */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import path from "node:path";
import { createServer } from "node:tls";
import { promisify } from "node:util";

/** For Chromium to take that certificate. */
export const TRUSTING = ["--ignore-certificate-errors"];

export interface Front {
  /** `localhost` with its port. */
  readonly host: string;
  stop(): Promise<void>;
}

/**
 * @param folder For the certificate, which `openssl` makes.
 * @param port Of the server behind: asked for at each connection, as it may come back under another.
 */
export async function startTls(folder: string, port: () => number): Promise<Front> {
  const [keyFile, certFile] = [path.join(folder, "key.pem"), path.join(folder, "cert.pem")];
  const made = ["-keyout", keyFile, "-out", certFile, "-days", "1", "-subj", "/CN=localhost"];
  const how = ["req", "-x509", "-newkey", "rsa:2048", "-nodes"];
  await promisify(execFile)("openssl", [...how, ...made]);
  const [key, cert] = await Promise.all([readFile(keyFile), readFile(certFile)]);
  const open = new Set<Socket>();
  const server = createServer({ key, cert }, (outer) => {
    const inner = connect(port(), "127.0.0.1");
    open.add(outer);
    outer.on("close", () => open.delete(outer));
    // Where one end breaks off, so does the other.
    outer.on("error", () => inner.destroy());
    inner.on("error", () => outer.destroy());
    outer.pipe(inner).pipe(outer);
  });
  server.on("tlsClientError", () => undefined); // Safe: a browser that only had a look.
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    host: `localhost:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
