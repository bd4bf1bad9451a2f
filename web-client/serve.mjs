/*
 * Serves the page on this machine as Firebase Hosting would: Firebase's client below
 * `/__/firebase/`, and what the page has to know at `/__/firebase/init.json`, here with the
 * addresses of the emulators. They are the variables that `cvplus-workflow emulate` prints.
 *
 *   PORT=3000 node serve.mjs
 */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";

const VARIABLES = ["GOOGLE_CLOUD_PROJECT", "CVPLUS_BUCKET", "CVPLUS_FUNCTIONS_URL",
  "FIRESTORE_EMULATOR_HOST", "STORAGE_EMULATOR_HOST", "FIREBASE_AUTH_EMULATOR_HOST"];
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };

const missing = VARIABLES.filter(name => !process.env[name]);
if (missing.length) {
  console.error(`Set ${missing.join(", ")}: cvplus-workflow emulate prints them.`);
  process.exit(2);
}
const [project, bucket, functions, firestore, storage, auth] = VARIABLES.map(name => process.env[name]);
const settings = {
  projectId: project,
  storageBucket: bucket,
  apiKey: "emulated",
  emulators: {
    auth: `http://${auth}`,
    firestore: `http://${firestore}`,
    functions: new URL(functions).origin,
    storage,
  },
};

const PUBLIC = join(dirname(fileURLToPath(import.meta.url)), "public");
const FIREBASE = dirname(createRequire(import.meta.url).resolve("firebase/package.json"));

/* The file behind a path of an address; none but these two kinds. */
function fileAt(path) {
  const sdk = path.match(/^\/__\/firebase\/[\d.]+\/(firebase-[a-z]+\.js)$/);
  if (sdk) return join(FIREBASE, sdk[1]);
  const own = path.match(/^\/([a-z]+\.(?:html|js|css))?$/);
  return own && join(PUBLIC, own[1] ?? "index.html");
}

async function answer({ url }, response) {
  const pathname = url.split("?")[0];
  if (pathname === "/__/firebase/init.json") {
    response.setHeader("Content-Type", "application/json").end(JSON.stringify(settings));
    return;
  }
  try {
    const file = fileAt(pathname);
    const content = file && await readFile(file);
    response.writeHead(file ? 200 : 404, file ? { "Content-Type": `${TYPES[extname(file)]}; charset=utf-8` } : {});
    response.end(content || "");
  } catch (error) {
    response.writeHead(error.code === "ENOENT" ? 404 : 500).end();
  }
}

const server = createServer(answer).listen(Number(process.env.PORT ?? 3000), "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}/`);
});
