/*
 * The page: sign in, upload a CV, follow its job by one listener on the job's document, skip a
 * feature or cancel, open the result. The job's id stands in the address, so a page that is
 * loaded again goes on with it.
 */
import { addressOf, call, follow, leave, onUser, signIn, signUp, upload } from "./firebase.js";

const ENDED = ["completed", "failed", "cancelled"];
const at = id => document.getElementById(id);

let user = null;
let unfollow = () => {};

function tell(error) {
  at("problem").textContent = error ? error.message : "";
}

/* Does what a form or button is for; it answers nothing more until that is done. */
async function doing(control, work) {
  tell();
  control.disabled = true;
  try {
    await work();
  } catch (error) {
    tell(error);
  } finally {
    control.disabled = false;
  }
}

/* One row a feature, kept from snapshot to snapshot, so that a button is not replaced under a click. */
function rowOf(jobId, featureId) {
  const known = at("features").querySelector(`[data-feature="${featureId}"]`);
  if (known) return known;
  const row = document.createElement("li");
  row.dataset.feature = featureId;
  const [name, state, skip] = ["span", "output", "button"].map(kind => document.createElement(kind));
  name.textContent = featureId.replaceAll("-", " ");
  skip.type = "button";
  skip.textContent = "Skip";
  skip.setAttribute("aria-label", `Skip ${name.textContent}`);
  skip.onclick = () => doing(skip, () => call("updateFeatureStatus", { jobId, featureId, status: "skipped" }));
  row.append(name, state, skip);
  at("features").append(row);
  return row;
}

function show(id, job) {
  const over = ENDED.includes(job.status);
  at("name").textContent = job.fileName || id;
  at("status").textContent = job.status;
  at("percent").textContent = `${job.progress} %`;
  at("bar").value = job.progress;
  at("cancel").hidden = over;
  for (const [featureId, { status }] of Object.entries(job.enhancedFeatures ?? {})) {
    const row = rowOf(id, featureId);
    row.dataset.status = status;
    row.querySelector("output").textContent = status;
    row.querySelector("button").hidden = over || !["pending", "processing", "retrying"].includes(status);
  }
  if (job.error) tell({ message: job.error });
  if (job.status === "completed") offer(id).catch(tell);
}

async function offer(id) {
  at("finished").href = await addressOf(user.uid, id, "cv.html");
  at("finished").hidden = false;
}

/* Shows the job that the address names, if it names one. */
function open() {
  unfollow();
  unfollow = () => {};
  const id = location.hash.slice(1);
  at("job").hidden = true;
  at("finished").hidden = true;
  at("features").replaceChildren();
  if (!user || !id) return;
  unfollow = follow(id, job => {
    at("job").hidden = false;
    show(id, job);
  }, error => tell(error.code === "permission-denied" ? new Error("There is no such job of yours.") : error));
}

at("enter").onsubmit = event => {
  event.preventDefault();
  const { email, password } = event.target.elements;
  const enter = event.submitter.value === "signUp" ? signUp : signIn;
  doing(event.submitter, () => enter(email.value, password.value));
};

at("new").onsubmit = event => {
  event.preventDefault();
  const file = event.target.elements.cv.files[0];
  const features = new FormData(event.target).getAll("feature");
  doing(event.submitter, async () => {
    const fileUrl = await upload(user.uid, file);
    // The upload's own folder as the key makes a repeated call answer the same job.
    const job = await call("createJob", { fileUrl, fileName: file.name, features, key: fileUrl.split("/").at(-2) });
    location.hash = job.id;
  });
};

at("cancel").onclick = () => doing(at("cancel"), () => call("cancelJob", { jobId: location.hash.slice(1) }));
at("leave").onclick = () => doing(at("leave"), leave);
addEventListener("hashchange", () => {
  tell();
  open();
});

onUser(now => {
  user = now;
  at("account").hidden = !now;
  at("who").textContent = now?.email ?? "";
  at("enter").hidden = Boolean(now);
  at("new").hidden = !now;
  open();
});
