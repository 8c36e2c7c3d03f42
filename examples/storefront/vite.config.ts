import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const { GATEWAY_URL, CATALOG_URL, ENGINE_URL, PORT, HOST } = process.env;

/** One origin for the browser: what is not a page goes on to the service that has it. */
const proxy = {
  "/graphql": GATEWAY_URL || "http://127.0.0.1:4000",
  "/images": CATALOG_URL || "http://127.0.0.1:4010",
  "/api": ENGINE_URL || "http://127.0.0.1:4001",
};

const listen = { host: HOST || "127.0.0.1", port: Number(PORT || 5173), strictPort: true, proxy };

export default defineConfig({
  plugins: [react()],
  // The hooks come from the folder beside, as sources, and use the React and the Apollo Client of this page.
  resolve: {
    conditions: ["source", "module", "browser", "development|production"],
    dedupe: ["react", "react-dom", "@apollo/client", "graphql", "rxjs"],
  },
  server: listen,
  preview: listen,
  build: { target: "es2022" },
});
