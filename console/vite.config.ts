import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { smaller } from "./scripts/smaller.ts";

/** Where the exchange listens while the pages are being worked on: `npm run dev`. */
const exchange = process.env.CENTRALITA_URL ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react(), smaller()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    outDir: fileURLToPath(new URL("../src/centralita/web/static", import.meta.url)),
    emptyOutDir: true,
    // Those that know light-dark() of CSS: what is written for older ones in its place loses the colours of both schemes.
    target: ["chrome123", "edge123", "firefox120", "safari17.5"],
    chunkSizeWarningLimit: 1200,
  },
  server: { proxy: { "/api": { target: exchange, ws: true } } },
  test: { include: ["src/**/*.test.{ts,tsx}"] },
});
