/** Connections before and after their code is here: what the worker orders meanwhile waits, in its order. */
import type { FromWorker, ToWorker } from "../protocol/messages.ts";
import type { ConnectionOrder, PageConnections, Reach } from "./page-connections.ts";

type Post = (message: ToWorker, transfer?: Transferable[]) => void;

export class Connecting {
  readonly #post: Post;
  readonly #loading: Promise<PageConnections | null>;
  #loaded: PageConnections | null = null;
  #isClosed = false;

  constructor(post: Post) {
    this.#post = post;
    this.#loading = this.#load().catch(() => null); // Safe: each dial fails then, and is told so.
  }

  take(order: ConnectionOrder, reach: () => Reach): void {
    if (this.#loaded !== null) return this.#loaded.take(order, reach());
    void this.#loading.then((connections) => {
      if (this.#isClosed) return;
      if (connections !== null) return connections.take(order, reach());
      if (order.type === "connect") {
        this.#post({ type: "connection-closed", connection: order.connection });
      }
    });
  }

  async #load(): Promise<PageConnections> {
    const { PageConnections: Loaded } = await import("./page-connections.ts");
    this.#loaded = new Loaded(this.#post);
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
