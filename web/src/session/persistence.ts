/** What the browser promises of the page's storage. */

/** Whether it clears nothing of it away by itself, when its disk is full. */
export async function isPersisted(): Promise<boolean> {
  try {
    return await navigator.storage.persisted();
  } catch {
    return false; // Safe: a browser that can't tell promises nothing.
  }
}

/** Asks it for that, which may ask the person. @returns Whether it promises. */
export async function persist(): Promise<boolean> {
  try {
    return await navigator.storage.persist();
  } catch {
    return false; // Safe: it is as with a refusal.
  }
}
