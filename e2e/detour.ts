/** A way to a server that can be cut and mended, as networks are. */
import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";

/** A port of its own, from which everything is passed on to the server. */
export interface Detour {
  /** The server's origin by this way. Peers who come by another way are in the same swarms. */
  readonly url: string;
  /** Ends every connection, and refuses new ones. */
  cut(): void;
  /** Lets everything through again. */
  mend(): void;
  /** Ends it for good. */
  close(): Promise<void>;
}

/** Opens a way to the server at this origin. */
export async function openDetour(origin: string): Promise<Detour> {
  const { hostname, port } = new URL(origin);
  const sockets = new Set<Socket>();
  let isCut = false;

  const server = createServer((near) => {
    if (isCut) {
      near.destroy();
      return;
    }
    const far = connect(Number(port), hostname);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.pipe(other);
      one.on("error", () => other.destroy());
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  const cut = () => {
    isCut = true;
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${addressOf(server.address()).port}`,
    cut,
    mend: () => {
      isCut = false;
    },
    close: async () => {
      cut();
      server.close();
      await once(server, "close");
    },
  };
}

function addressOf(address: AddressInfo | string | null): AddressInfo {
  if (address === null || typeof address === "string") throw new Error("it listens on a port");
  return address;
}
