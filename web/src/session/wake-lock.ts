/** Keeps the screen on, and with it the page awake, while something is under way. */

export class WakeLock {
  #isWanted = false;
  #lock: WakeLockSentinel | null = null;
  #isAsking = false;
  readonly #shown = (): void => void this.#renew();

  /** The browser lets go of it whenever the page is hidden: it is asked for again when it is shown. */
  set(isWanted: boolean): void {
    if (this.#isWanted === isWanted) return;
    this.#isWanted = isWanted;
    if (isWanted) document.addEventListener("visibilitychange", this.#shown);
    else document.removeEventListener("visibilitychange", this.#shown);
    void this.#renew();
  }

  async #renew(): Promise<void> {
    if (this.#isAsking || !("wakeLock" in navigator)) return;
    const isHeld = this.#lock?.released === false;
    if (!this.#isWanted) {
      const held = this.#lock;
      this.#lock = null;
      return held?.release();
    }
    if (isHeld || document.visibilityState !== "visible") return;
    this.#isAsking = true;
    try {
      this.#lock = await navigator.wakeLock.request("screen");
    } catch {
      // Safe: a low battery, or a policy; the screen goes dark as it would without.
    } finally {
      this.#isAsking = false;
    }
    if (!this.#isWanted) await this.#renew(); // It ended while the browser was asked.
  }
}
