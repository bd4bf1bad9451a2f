/*
 * The emulator of Firebase Auth, out of firebase-tools, on a free port: prints its address when
 * it listens, and ends with its standard input. `firebase emulators:start` serves the same app,
 * after 8 seconds, on fixed ports, and asks the network for news.
 *
 *   node auth_emulator.mjs PROJECT
 */
import { createRequire } from "node:module";

const { createApp } = createRequire(import.meta.url)("firebase-tools/lib/emulator/auth/server.js");
const app = await createApp(process.argv[2]);
const server = app.listen(0, "127.0.0.1", () => console.log(`127.0.0.1:${server.address().port}`));
process.stdin.on("end", () => process.exit(0)).resume();
