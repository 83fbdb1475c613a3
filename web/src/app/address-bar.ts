/** The part of the browser's address that chooses what the page shows. */
export interface AddressPort {
  /** The whole address, as in the address bar. */
  href(): string;
  /** What follows the `#`; "" when there is none. */
  fragment(): string;
  /** Shows this fragment in the address bar as a new step of the history; calls nobody back. */
  push(fragment: string): void;
  /** Shows it in place of the one that is there. */
  replace(fragment: string): void;
}

/** The address bar of a real window. */
export function addressBar(window: Window): AddressPort {
  return {
    href: () => window.location.href,
    fragment: () => window.location.hash.slice(1),
    push: (fragment) => {
      const { pathname, search } = window.location;
      window.history.pushState(null, "", fragment === "" ? `${pathname}${search}` : `#${fragment}`);
    },
    replace: (fragment) => window.history.replaceState(null, "", `#${fragment}`),
  };
}
