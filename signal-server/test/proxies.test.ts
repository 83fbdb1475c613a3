/** The examples in `deploy/`, run: HTTPS by the real nginx and Caddy, in front of a server. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { tmpdir } from "node:os";
import path from "node:path";
import { decodeChallenge, TRACKER_PATH } from "@shoal/swarm/tracker/messages";
import { io, type Socket } from "socket.io-client";
import { afterEach, beforeEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import { freePort } from "./free-port.ts";
import { swarmNumber } from "./ids.ts";
import { crypto, makeJoin } from "./peer.ts";
import { startTestServer, type TestServer } from "./running.ts";

const DEPLOY = path.resolve(import.meta.dirname, "../../deploy");
const S = swarmNumber(1);

type Proxy = (folder: string, port: number, upstream: number) => Promise<ChildProcess>;

const PROXIES: Record<string, Proxy> = {
  async nginx(folder, port, upstream) {
    const [certificate, key] = [path.join(folder, "cert.pem"), path.join(folder, "key.pem")];
    const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
    const made = ["-keyout", key, "-out", certificate, "-days", "1"];
    execFileSync(
      "openssl",
      ["req", "-x509", "-newkey", "rsa:2048", "-nodes", ...made, ...subject],
      {
        stdio: "ignore",
      },
    );
    const example = await readFile(path.join(DEPLOY, "nginx.conf"), "utf8");
    const site = example
      .replaceAll(/^\tlisten \[::\].*\n/gm, "")
      .replace("listen 80;", `listen 127.0.0.1:${await freePort()};`)
      .replace("listen 443 ", `listen 127.0.0.1:${port} `)
      .replaceAll("shoal.example;", "localhost;")
      .replaceAll("127.0.0.1:3000", `127.0.0.1:${upstream}`)
      .replace(/ssl_certificate .*;/, `ssl_certificate ${certificate};`)
      .replace(/ssl_certificate_key .*;/, `ssl_certificate_key ${key};`);
    const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
      (name) => `${name}_temp_path ${folder}/${name};`,
    );
    await writeFile(
      path.join(folder, "nginx.conf"),
      `daemon off; pid ${folder}/nginx.pid; events {} http { access_log off; ${paths.join(" ")}\n${site}}`,
    );
    const args = ["-p", folder, "-c", path.join(folder, "nginx.conf"), "-e", "stderr"];
    return spawn("nginx", args, { stdio: "inherit" });
  },

  async caddy(folder, port, upstream) {
    // Ports of a test's own, a certificate of its own, and nothing that stays on the machine.
    const own = `{
      admin off
      skip_install_trust
      auto_https disable_redirects
      https_port ${port}
    }\n`;
    const file = path.join(folder, "Caddyfile");
    await writeFile(file, own + (await readFile(path.join(DEPLOY, "Caddyfile"), "utf8")));
    return spawn("caddy", ["run", "--adapter", "caddyfile", "--config", file], {
      env: {
        ...process.env,
        XDG_DATA_HOME: folder,
        XDG_CONFIG_HOME: folder,
        SHOAL_HOST: `localhost:${port}`,
        SHOAL_UPSTREAM: `127.0.0.1:${upstream}`,
      },
      stdio: "ignore",
    });
  },
};

let folder: string;
let port: number;
let server: TestServer;
let proxy: ChildProcess;
let socket: Socket | null;
beforeEach(async () => {
  socket = null;
  folder = await mkdtemp(path.join(tmpdir(), "shoal-proxy-"));
  port = await freePort();
  const allowedHosts = new Set([`localhost:${port}`]);
  const metrics = { host: "127.0.0.1", port: 0 };
  server = await startTestServer({ allowedHosts, trustedProxyHops: 1, metrics });
});
afterEach(async () => {
  socket?.close();
  proxy.kill("SIGTERM");
  if (proxy.exitCode === null) await once(proxy, "exit");
  await server.stop();
  await rm(folder, { recursive: true });
});

/** The status and headers of an answer; null where nothing listens yet. */
function get(at: string) {
  return new Promise<{ status?: number; headers: Record<string, unknown> } | null>((resolve) => {
    const options = { host: "localhost", port, path: at, rejectUnauthorized: false };
    const asked = request(options, ({ statusCode: status = 0, headers }) => {
      resolve({ status, headers });
      asked.destroy();
    });
    asked.on("error", () => resolve(null));
    asked.end();
  });
}

test.each(Object.keys(PROXIES))("behind %s the page is there, and peers join", async (name) => {
  const start = PROXIES[name];
  if (start === undefined) throw new Error("one of them");
  proxy = await start(folder, port, server.port);
  await expect
    .poll(() => get("/"), { timeout: 20_000 })
    .toMatchObject({
      status: 200,
      headers: {
        "content-security-policy": expect.stringContaining("default-src 'none'") as string,
        "strict-transport-security": "max-age=31536000",
      },
    });

  socket = io(`https://localhost:${port}`, {
    path: TRACKER_PATH,
    transports: ["websocket"],
    rejectUnauthorized: false,
    // A visitor's own claim: the proxy adds what it sees behind it.
    extraHeaders: { "X-Forwarded-For": "203.0.113.7" },
  });
  const greeting = await new Promise<unknown>((resolve) => socket?.once("challenge", resolve));
  const challenge = decodeChallenge(greeting)?.challenge ?? "";
  const host = `localhost:${port}`;
  const join = await makeJoin(S, await crypto.generateSigningKey(), { host, challenge });
  expect(await socket.emitWithAck("join", join)).toEqual({ ok: true });

  // Two more, whose own address is what the proxy sees of them, whatever they claim.
  const others = ["127.0.0.2", "127.0.0.3"].map((localAddress) => ({ localAddress, family: 4 }));
  const opened = others.map(
    (from) =>
      new WebSocket(`wss://localhost:${port}${TRACKER_PATH}/?EIO=4&transport=websocket`, {
        ...from,
        rejectUnauthorized: false,
        headers: { "X-Forwarded-For": "203.0.113.7" },
      }),
  );
  await Promise.all(opened.map((one) => once(one, "message")));
  const metrics = await fetch(`http://127.0.0.1:${server.metricsPort}/metrics`);
  const lines = (await metrics.text()).split("\n");
  expect(lines).toContain("shoal_sockets 3");
  expect(lines).toContain("shoal_sources 3");
  for (const one of opened) one.terminate();
});
