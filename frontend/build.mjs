// Bundles each page's TypeScript into static/dist. Chunks loaded on demand (the WebRTC client, Daily) are split off.
import { existsSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const outdir = join(here, "..", "static", "dist");
const pages = ["batch", "brand", "candidate", "live", "preview", "questions", "recording"].filter((page) => existsSync(join(here, "src", page, "main.ts")));

// The SmallWebRTC package imports Daily's SDK for a media manager that is never used here; leaving it out
// halves what a candidate downloads. The Daily transport itself still gets the real one.
const withoutDaily = {
  name: "small-webrtc-without-daily",
  setup(build) {
    build.onResolve({ filter: /^@daily-co\/daily-js$/ }, ({ importer }) =>
      importer.includes("small-webrtc-transport") ? { path: "daily-js", namespace: "left-out" } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: "left-out" }, () => ({ contents: "export default {};" }));
  },
};

const options = {
  absWorkingDir: here,
  entryPoints: Object.fromEntries(pages.map((page) => [page, `src/${page}/main.ts`])),
  outdir,
  bundle: true,
  splitting: true,
  format: "esm",
  target: ["es2022"],
  minify: true,
  sourcemap: true,
  chunkNames: "chunks/[name]-[hash]",
  logLevel: "info",
  plugins: [withoutDaily],
};

rmSync(outdir, { recursive: true, force: true });
if (process.argv.includes("--watch")) {
  await (await esbuild.context(options)).watch();
} else {
  await esbuild.build(options);
}
