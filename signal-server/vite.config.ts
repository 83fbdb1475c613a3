import { defineConfig } from "vite";

/** Two programs: the server, and the thread in which its catalogue searches, which it starts by its name. */
export default defineConfig({
  build: {
    ssr: true,
    outDir: "dist",
    rolldownOptions: {
      input: { main: "src/main.ts", "search-thread": "src/catalogue/search-thread.ts" },
    },
  },
});
