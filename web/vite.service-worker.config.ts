import { defineConfig } from "vite";
import { withBuiltApp } from "./built-app.ts";
import { BROWSERS, compressed } from "./vite.config.ts";

/**
 * The service worker, beside the app and built after it, since it holds a list of what that consists
 * of. One script of a fixed name at the site's root: a narrower place doesn't reach the page. No
 * module: not every browser starts one as a service worker.
 */
export default defineConfig({
  publicDir: false,
  plugins: [withBuiltApp("dist"), compressed()],
  build: {
    outDir: "dist",
    emptyOutDir: false,
    target: BROWSERS,
    sourcemap: true,
    modulePreload: false,
    rolldownOptions: {
      input: "src/service-worker/main.ts",
      output: { format: "iife", entryFileNames: "service-worker.js" },
    },
  },
});
