/** The one file of a share that its page shows, opened and closed by the person. */
import type { Manifest } from "@shoal/swarm/share/manifest";
import type { FromWorker } from "../protocol/messages.ts";
import { streamPath } from "../protocol/stream.ts";
import { type Content, OpenedFile } from "./opened-file.ts";

export type ViewingPorts = {
  /** Null until it is known. */
  readonly manifest: () => Manifest | null;
  readonly content: Content;
  readonly post: (message: FromWorker) => void;
};

export class Viewing {
  readonly #ports: ViewingPorts;
  #opened: OpenedFile | null = null;

  constructor(ports: ViewingPorts) {
    this.#ports = ports;
  }

  /** Shows this file instead of what was shown. Says what it may be shown as, once that is known. */
  async open(file: number): Promise<void> {
    const { post, content } = this.#ports;
    this.close();
    const entry = this.#ports.manifest()?.files[file];
    if (entry === undefined) return post({ type: "file-refused", file, why: "gone" });
    const name = entry.path.at(-1) ?? "";
    const opened = new OpenedFile(file, name, entry.sizeBytes, content);
    this.#opened = opened;
    try {
      const type = await opened.begin();
      if (this.#opened !== opened) return;
      if (type === null) return post({ type: "file-refused", file, why: "unlike" });
      const path = streamPath(opened.token, name);
      post({ type: "file-opened", file, kind: type.kind, path });
    } catch {
      // Safe: the person is told, unless it was they who closed it.
      if (this.#opened === opened) post({ type: "file-refused", file, why: "gone" });
    }
  }

  close(): void {
    this.#opened?.close();
    this.#opened = null;
  }

  /** Answers a request for the file of this token; of another one not, which ends it. */
  serve(token: string, range: string | null, port: MessagePort): void {
    if (this.#opened?.token === token) return this.#opened.serve(port, range);
    port.postMessage({ type: "unknown" });
    port.close();
  }
}
