/*
 * What the web app does, by Firebase's own client on the emulators: signs in, uploads a CV,
 * makes a job of it, listens to the job's document until the job has ended, and perhaps does
 * something while a feature runs. Somebody else then tries the same on that job.
 *
 *   node follow_job.mjs SETTINGS
 *
 * SETTINGS is a JSON object: `project`, `bucket`, `functions`, `firestore`, `auth` and
 * `storage` as the emulators' addresses, `file`, `features`, `owner` and `stranger` with
 * `email` and `password`, and perhaps `act`: once `feature` runs, call `name` with `data`.
 * The job is looked at for the last time when standard input ends. Prints one JSON object.
 */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { initializeApp } from "firebase/app";
import { connectAuthEmulator, getAuth, signInWithEmailAndPassword } from "firebase/auth";
import { connectFirestoreEmulator, doc, getDocFromServer, getFirestore, onSnapshot } from "firebase/firestore";
import { connectFunctionsEmulator, getFunctions, httpsCallable } from "firebase/functions";
import { connectStorageEmulator, getBytes, getDownloadURL, getStorage, ref, uploadBytes } from "firebase/storage";

const settings = JSON.parse(process.argv[2]);
const ENDED = ["completed", "failed", "cancelled"];
const placeOf = address => {
  const { hostname, port } = new URL(address);
  return [hostname, Number(port)];
};

/* An app for each user: the client's cache answers for whoever was signed in before. */
async function signedIn({ email, password }) {
  const { project, bucket } = settings;
  const app = initializeApp({ projectId: project, storageBucket: bucket, apiKey: "any" }, email);
  const [auth, db, functions, storage] = [getAuth(app), getFirestore(app), getFunctions(app), getStorage(app)];
  connectAuthEmulator(auth, settings.auth, { disableWarnings: true });
  connectFirestoreEmulator(db, ...placeOf(settings.firestore));
  connectFunctionsEmulator(functions, ...placeOf(settings.functions));
  connectStorageEmulator(storage, ...placeOf(settings.storage));
  const { user } = await signInWithEmailAndPassword(auth, email, password);
  const call = async (name, data) => (await httpsCallable(functions, name)(data)).data;
  return { uid: user.uid, call, jobAt: id => doc(db, "jobs", id), fileAt: path => ref(storage, path) };
}

/* What a snapshot tells, and which state each feature is in. */
function told(snapshot) {
  const { status, progress, updatedAt, enhancedFeatures } = snapshot.data();
  const features = Object.fromEntries(Object.entries(enhancedFeatures).map(([id, one]) => [id, one.status]));
  return { status, progress, updatedAt: updatedAt.toMillis(), features };
}

async function refusal(attempt) {
  try {
    return await attempt.then(() => "allowed");
  } catch (error) {
    return error.code;
  }
}

const owner = await signedIn(settings.owner);
const upload = owner.fileAt(`users/${owner.uid}/uploads/first/${basename(settings.file)}`);
await uploadBytes(upload, await readFile(settings.file), { contentType: settings.type });
const fileUrl = await getDownloadURL(upload);
const job = await owner.call("createJob", { fileUrl, features: settings.features });

const seen = [];
let acted;
await new Promise((resolve, reject) => {
  onSnapshot(owner.jobAt(job.id), snapshot => {
    const now = told(snapshot);
    seen.push(now);
    if (settings.act && !acted && now.features[settings.act.feature] === "processing") {
      acted = owner.call(settings.act.name, { jobId: job.id, ...settings.act.data });
      acted.catch(reject);
    }
    if (ENDED.includes(now.status)) resolve();
  }, reject);
});
await acted;

const stranger = await signedIn(settings.stranger);
const refused = {
  listen: await new Promise(resolve => {
    onSnapshot(stranger.jobAt(job.id), () => resolve("allowed"), error => resolve(error.code));
  }),
  getJob: await refusal(stranger.call("getJob", { jobId: job.id })),
  cancelJob: await refusal(stranger.call("cancelJob", { jobId: job.id })),
  skip: await refusal(stranger.call("updateFeatureStatus", {
    jobId: job.id, featureId: settings.features[0], status: "skipped",
  })),
  createJob: await refusal(stranger.call("createJob", { fileUrl, features: [] })),
};

await new Promise(resolve => process.stdin.on("end", resolve).resume());
const last = told(await getDocFromServer(owner.jobAt(job.id)));
const page = last.status === "completed"
  ? Buffer.from(await getBytes(owner.fileAt(`users/${owner.uid}/generated/${job.id}/cv.html`))).toString()
  : "";
console.log(JSON.stringify({ id: job.id, uid: owner.uid, seen, last, refused, page }));
process.exit(0);
