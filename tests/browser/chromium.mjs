/* The packaged Chromium, headless, ready to be driven. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const CACHE = join(dirname(fileURLToPath(import.meta.url)), "node_modules", ".cache", "chromium");
const UNPACKED = join(CACHE, "unpacked");

/* Empties the cache unless a browser was wholly unpacked into it. */
function prepareCache() {
  if (!existsSync(UNPACKED)) rmSync(CACHE, { recursive: true, force: true });
  mkdirSync(CACHE, { recursive: true });
}

/* A browser without any system font shows no web font either, so it gets the packaged one. */
function fontConfiguration() {
  const path = join(CACHE, "fonts.conf");
  const folders = `<dir>${CACHE}/fonts</dir><cachedir>${CACHE}/fonts-cache</cachedir>`;
  writeFileSync(path, `<?xml version="1.0"?><fontconfig>${folders}</fontconfig>\n`);
  return path;
}

export async function launched() {
  // The package unpacks its Chromium into the temporary folder, for all users of the machine;
  // here it stays beside the package. It brings system libraries too, but unpacks them only
  // where it takes the machine for that of a cloud function.
  prepareCache();
  process.env.TMPDIR = CACHE;
  process.env.AWS_EXECUTION_ENV ??= "AWS_Lambda_nodejs20.x";
  const { default: chromium } = await import("@sparticuz/chromium");
  const { default: puppeteer } = await import("puppeteer-core");
  chromium.setGraphicsMode = false;
  const executablePath = await chromium.executablePath();
  writeFileSync(UNPACKED, "");
  return puppeteer.launch({
    executablePath,
    headless: "shell",
    args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--font-render-hinting=none"],
    env: { ...process.env, FONTCONFIG_FILE: fontConfiguration() },
  });
}
