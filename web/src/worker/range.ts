/** Which bytes a request asks for, by RFC 9110, section 14. */

/** Bytes `[start, end)`. */
export type Part = { readonly start: number; readonly end: number };

export type Asked =
  /** No range, or one that isn't to be minded: other units, several at once, malformed. */
  | { readonly kind: "whole" }
  | { readonly kind: "part"; readonly part: Part }
  /** None of it lies in the file. */
  | { readonly kind: "outside" };

/** Reads a `Range` header for a file of this size. */
export function rangeOf(header: string | null, sizeBytes: number): Asked {
  const match = /^bytes=(\d*)-(\d*)$/i.exec(header?.trim() ?? "");
  const [, first = "", last = ""] = match ?? [];
  if (first === "" && last === "") return { kind: "whole" };
  if (first === "") {
    const start = Math.max(0, sizeBytes - Number(last));
    return start < sizeBytes ? partOf(start, sizeBytes) : { kind: "outside" };
  }
  const start = Number(first);
  if (last !== "" && Number(last) < start) return { kind: "whole" };
  if (start >= sizeBytes) return { kind: "outside" };
  return partOf(start, last === "" ? sizeBytes : Math.min(sizeBytes, Number(last) + 1));
}

const partOf = (start: number, end: number): Asked => ({ kind: "part", part: { start, end } });
