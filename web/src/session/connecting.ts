/** Connections before and after their code is here: what the worker orders meanwhile waits, in its order. */
import type { FromWorker, ToWorker } from "../protocol/messages.ts";
import type { ConnectionOrder, PageConnections, Reach } from "./page-connections.ts";

type Post = (message: ToWorker, transfer?: Transferable[]) => void;

/** Fetches the code while there is a server: it may be gone when it is needed. */
export function prepareToConnect(): void {
  import("./page-connections.ts").catch(() => undefined); // Safe: tried again when it is needed.
}

export class Connecting {
  readonly #post: Post;
  #loading: Promise<PageConnections | null>;
  #loaded: PageConnections | null = null;
  #isClosed = false;

  constructor(post: Post) {
    this.#post = post;
    this.#loading = this.#load();
  }

  take(order: ConnectionOrder, reach: () => Reach): void {
    if (this.#loaded !== null) return this.#loaded.take(order, reach());
    void this.#loading.then((connections) => {
      if (this.#isClosed) return;
      if (connections !== null) return connections.take(order, reach());
      // The dial has failed. For the next one it is tried again.
      if (order.type === "connect") {
        this.#loading = this.#load();
        this.#post({ type: "connection-closed", connection: order.connection });
      }
    });
  }

  async #load(): Promise<PageConnections | null> {
    try {
      const { PageConnections: Loaded } = await import("./page-connections.ts");
      this.#loaded ??= new Loaded(this.#post);
    } catch {
      // Safe: the server is away, and nothing was kept. Whoever is waited for is dialled again.
    }
    return this.#loaded;
  }

  closeAll(): void {
    this.#loaded?.closeAll();
  }

  /** Closes all, and makes no more. */
  close(): void {
    this.#isClosed = true;
    this.closeAll();
  }
}

/** Whether the worker speaks of one connection. */
export const isOrder = (message: FromWorker): message is ConnectionOrder => "connection" in message;
