// Firebase's own client on the emulators: calls functions, listens to the job's document.
// Arguments: functions origin, Firestore host and port, project, claims as JSON, file. Prints one
// JSON object: what it saw until the job ended, and what a stranger was told.
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { _registerComponent } from "@firebase/app";
import { Component } from "@firebase/component";
import { initializeApp } from "firebase/app";
import { connectFirestoreEmulator, doc, getFirestore, onSnapshot } from "firebase/firestore";
import { connectFunctionsEmulator, getFunctions, httpsCallable } from "firebase/functions";

const [origin, firestore, project, claims, file] = process.argv.slice(2);
const owner = JSON.parse(claims);
const part = content => Buffer.from(JSON.stringify(content)).toString("base64url");
const tokenOf = user => `${part({ alg: "none", typ: "JWT" })}.${part({
  iss: `https://securetoken.google.com/${project}`, aud: project, iat: 1_700_000_000,
  auth_time: 1_700_000_000, exp: 4_000_000_000, user_id: user.sub, ...user,
})}.`;

// In place of a sign-in: what getAuth would hand to the functions client.
_registerComponent(new Component("auth-internal", () => ({
  getToken: async () => ({ accessToken: tokenOf(owner) }),
  addAuthTokenListener() {}, removeAuthTokenListener() {}, getUid: () => owner.sub,
}), "PRIVATE"));

function firestoreOf(name, user) {
  const db = getFirestore(initializeApp({ projectId: project, apiKey: "none" }, name));
  const [host, port] = firestore.split(":");
  connectFirestoreEmulator(db, host, Number(port), { mockUserToken: user });
  return db;
}

const { hostname, port } = new URL(origin);
const functions = getFunctions(initializeApp({ projectId: project, apiKey: "none" }));
connectFunctionsEmulator(functions, hostname, Number(port));
const call = async (name, data) => (await httpsCallable(functions, name)(data)).data;

const content = (await readFile(file)).toString("base64");
const features = ["skills-visualization", "interactive-timeline"];
const job = await call("createJob", { content, fileName: basename(file), features });
const seen = [];
await new Promise((resolve, reject) => {
  onSnapshot(doc(firestoreOf("owner", owner), "jobs", job.id), snapshot => {
    const { status, progress, updatedAt, enhancedFeatures } = snapshot.data();
    seen.push({ status, progress, updatedAt: updatedAt.toMillis(), features: Object.keys(enhancedFeatures) });
    if (["completed", "failed", "cancelled"].includes(status)) resolve();
  }, reject);
});
const stranger = await new Promise(resolve => {
  const other = doc(firestoreOf("stranger", { sub: "eve", tenant: "other" }), "jobs", job.id);
  onSnapshot(other, () => resolve("read"), error => resolve(error.code));
});
console.log(JSON.stringify({ id: job.id, seen, stranger }));
process.exit(0);
