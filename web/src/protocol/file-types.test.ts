import { describe, expect, it } from "vitest";
import { isAllowed, typeOf, typeOfContent } from "./file-types.ts";

const bytes = (text: string): Uint8Array =>
  Uint8Array.from(text, (letter) => letter.charCodeAt(0) & 0xff);

const mp4 = bytes("\0\0\0\x20ftypisom\0\0\0\0");
const matroska = bytes("\x1a\x45\xdf\xa3\x01\0\0\0");

const SVG = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>';
const HTML = "<!doctype html><script>alert(1)</script>";

describe("what a file may be opened as", () => {
  it.each<[string, Uint8Array, string, string]>([
    ["a.png", bytes("\x89PNG\r\n\x1a\n\0\0"), "image", "image/png"],
    ["a.JPG", bytes("\xff\xd8\xff\xe0"), "image", "image/jpeg"],
    ["a.b.gif", bytes("GIF89a"), "image", "image/gif"],
    ["a.webp", bytes("RIFF\x01\x02\x03\x04WEBPVP8 "), "image", "image/webp"],
    ["a.avif", bytes("\0\0\0\x20ftypavif"), "image", "image/avif"],
    ["a.mp3", bytes("ID3\x04"), "audio", "audio/mpeg"],
    ["a.mp3", bytes("\xff\xfb\x90"), "audio", "audio/mpeg"],
    ["a.aac", bytes("\xff\xf1\x50"), "audio", "audio/aac"],
    ["a.wav", bytes("RIFF\x01\x02\x03\x04WAVEfmt "), "audio", "audio/wav"],
    ["a.opus", bytes("OggS\0"), "audio", "audio/ogg"],
    ["a.flac", bytes("fLaC"), "audio", "audio/flac"],
    ["a.m4a", mp4, "audio", "audio/mp4"],
    ["a.mp4", mp4, "video", "video/mp4"],
    ["a.mov", bytes("\0\0\0\x08wide"), "video", "video/mp4"],
    ["a.webm", matroska, "video", "video/webm"],
    ["a.mkv", matroska, "video", "video/x-matroska"],
    ["a.pdf", bytes("%PDF-1.7"), "pdf", "application/pdf"],
    ["a.txt", bytes("hello"), "text", "text/plain; charset=utf-8"],
    ["a.txt", bytes(""), "text", "text/plain; charset=utf-8"],
    ["a.txt", bytes("\xff\xfeh\0i\0"), "text", "text/plain; charset=utf-8"],
  ])("%s", (name, head, kind, mime) => {
    expect(typeOfContent(name, head)).toEqual({ kind, mime });
    expect(typeOf(name)).toEqual({ kind, mime });
  });

  it.each(["a.svg", "a.html", "a.htm", "a.xhtml", "a.xml", "a.js", "a.css", "A.SVG"])(
    "%s is text, whatever it says",
    (name) => {
      for (const content of [SVG, HTML]) {
        expect(typeOfContent(name, bytes(content))?.mime).toBe("text/plain; charset=utf-8");
      }
    },
  );

  it.each([
    "a",
    "",
    "png",
    "a.exe",
    "a.zip",
    "a.swf",
    "a.mhtml",
    "a.svgz",
    "a.png ",
    "a.__proto__",
  ])("'%s' is nothing that is opened", (name) => {
    expect(typeOf(name)).toBeNull();
    expect(typeOfContent(name, bytes("\x89PNG\r\n\x1a\n"))).toBeNull();
  });
});

describe("a file that isn't what its name says", () => {
  it.each(["png", "jpg", "gif", "webp", "avif", "bmp", "mp3", "wav", "ogg", "mp4", "webm", "pdf"])(
    "isn't opened as %s",
    (extension) => {
      for (const content of [SVG, HTML, "", "\0", "PNG", "\n%PDF-"]) {
        expect(typeOfContent(`a.${extension}`, bytes(content))).toBeNull();
      }
    },
  );

  it("isn't opened as text where it is none", () => {
    expect(typeOfContent("a.txt", bytes("MZ\0\0"))).toBeNull();
    expect(typeOfContent("a.html", matroska)).toBeNull();
  });

  it("stays a picture where it is a page besides", () => {
    const polyglot = bytes(`GIF89a/*${HTML}*/=1;alert(1)`);
    expect(typeOfContent("a.gif", polyglot)).toEqual({ kind: "image", mime: "image/gif" });
    expect(typeOfContent("a.png", polyglot)).toBeNull();
  });
});

describe("the types of answers", () => {
  it("are those of the list alone, none of which runs anything", () => {
    const running = /html|svg|xml|javascript|ecmascript|css|wasm|json|flash|multipart/;
    for (const mime of ["image/png", "video/mp4", "application/pdf", "text/plain; charset=utf-8"]) {
      expect(isAllowed(mime)).toBe(true);
      expect(mime).not.toMatch(running);
    }
    for (const mime of ["text/html", "image/svg+xml", "text/javascript", "text/plain", "", "*/*"]) {
      expect(isAllowed(mime)).toBe(false);
    }
  });
});
