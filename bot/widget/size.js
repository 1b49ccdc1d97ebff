/** Fails when the widget weighs more than it may: bytes of gzip -9, without and with the transport (socket.io). */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const here = fileURLToPath(new URL(".", import.meta.url));
const vite = fileURLToPath(new URL("node_modules/vite/bin/vite.js", import.meta.url));
const KB = 1024;
const BUDGETS = [
  { what: "without the transport", file: "out/no-transport/huanban-chat.js", mode: "no-transport", most: 30 * KB },
  { what: "with the transport", file: "dist/huanban-chat.js", mode: "production", most: 45 * KB },
];

let tooBig = false;
for (const { what, file, mode, most } of BUDGETS) {
  if (mode === "no-transport" || !existsSync(here + file)) {
    execFileSync(process.execPath, [vite, "build", "--logLevel", "error", "--mode", mode], { cwd: here, stdio: "inherit" });
  }
  const bytes = gzipSync(readFileSync(here + file), { level: 9 }).length;
  tooBig ||= bytes > most;
  console.log(`${bytes > most ? "✗" : "✓"} ${what}: ${(bytes / KB).toFixed(1)} KB (${bytes} bytes) of ${most / KB} KB gzipped`);
}
process.exit(tooBig ? 1 : 0);
