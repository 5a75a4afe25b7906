// Copies the few files of npm packages that the portal's pages load into its static folder (not committed).
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

const target = "services/portal/src/shenbao_portal/static/vendor";
const files = {
  "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
  "@tabler/core/dist/js/tabler.min.js": "tabler.min.js",
  "@tabler/icons-webfont/dist/tabler-icons.min.css": "tabler-icons.min.css",
  "@tabler/icons-webfont/dist/fonts/tabler-icons.woff2": "fonts/tabler-icons.woff2",
  "@tabler/icons-webfont/dist/fonts/tabler-icons.woff": "fonts/tabler-icons.woff",
  "@tabler/icons-webfont/dist/fonts/tabler-icons.ttf": "fonts/tabler-icons.ttf",
  "htmx.org/dist/htmx.min.js": "htmx.min.js",
};

rmSync(target, { recursive: true, force: true });
for (const [from, to] of Object.entries(files)) {
  mkdirSync(dirname(join(target, to)), { recursive: true });
  cpSync(join("node_modules", from), join(target, to));
}
