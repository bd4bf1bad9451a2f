// Firebase's own client against a server: makes a job and follows it to its end.
// Arguments: origin, project, token, file. Prints one JSON object.
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { initializeApp } from "firebase/app";
import { _registerComponent } from "@firebase/app";
import { Component } from "@firebase/component";
import { connectFunctionsEmulator, getFunctions, httpsCallable } from "firebase/functions";

const [origin, project, token, file] = process.argv.slice(2);
const { hostname, port } = new URL(origin);

// In place of a sign-in: what getAuth would hand to the functions client.
const signedIn = { getToken: async () => ({ accessToken: token }), addAuthTokenListener() {}, getUid: () => null };
_registerComponent(new Component("auth-internal", () => signedIn, "PRIVATE"));
const functions = getFunctions(initializeApp({ projectId: project, apiKey: "none" }));
connectFunctionsEmulator(functions, hostname, Number(port));
const call = async (name, data) => (await httpsCallable(functions, name)(data)).data;

const content = (await readFile(file)).toString("base64");
const job = await call("createJob", { content, fileName: basename(file), features: ["skills-visualization"] });
let progress = job;
while (!["completed", "failed", "cancelled"].includes(progress.status)) {
  await new Promise(resume => setTimeout(resume, 50));
  progress = await call("getJobProgress", { jobId: job.id });
}
let refusal;
try {
  await call("getJob", { jobId: "unknown" });
} catch (error) {
  refusal = { code: error.code, details: error.details };
}
console.log(JSON.stringify({ id: job.id, status: progress.status, progress: progress.progress, refusal }));
