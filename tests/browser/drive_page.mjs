/*
 * Drives `web-client/` in headless Chromium as a person does: makes an account, uploads a CV,
 * watches the job, perhaps skips a feature or cancels once that feature runs, comes back
 * later, signs out and in again; then somebody else opens the address of that job.
 *
 *   node drive_page.mjs ADDRESS CV WHO none|skip|cancel FEATURE WIDTH [SCREENSHOT]
 *
 * The page is looked at for the last time when standard input ends. Prints one JSON object of
 * what stood in the pages.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { launched } from "./chromium.mjs";

const [address, cv, who, act, feature, width, screenshot] = process.argv.slice(2);
const SECONDS_60 = { timeout: 60_000 };
const errors = [];

/* Runs inside the page: keeps each state that the page shows, without repeats. */
function watch() {
  globalThis.shown = [];
  const look = () => {
    const [bar, status] = ["bar", "status"].map(id => document.getElementById(id));
    const rows = [...document.querySelectorAll("#features li")];
    const now = JSON.stringify({
      status: status.textContent,
      progress: bar.value,
      features: Object.fromEntries(rows.map(row => [row.dataset.feature, row.querySelector("output").textContent])),
    });
    if (status.textContent && now !== globalThis.shown.at(-1)) globalThis.shown.push(now);
  };
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true });
}

async function entered(context, email) {
  const page = await context.newPage();
  page.on("pageerror", error => errors.push(error.message));
  await page.setViewport({ width: Number(width), height: 800 });
  await page.goto(address);
  await enter(page, email, "signUp");
  return page;
}

/* Makes an account with "signUp", or comes back to it with "signIn". */
async function enter(page, email, how) {
  await page.waitForSelector("#enter:not([hidden])", SECONDS_60);
  await page.$$eval("#enter input", inputs => inputs.forEach(one => { one.value = ""; }));
  await page.type("[name=email]", email);
  await page.type("[name=password]", "not a secret");
  await page.click(`[value=${how}]`);
  await page.waitForSelector("#new:not([hidden])", SECONDS_60);
}

const account = page => page.evaluate(() => ({
  who: document.getElementById("who").checkVisibility() ? document.getElementById("who").textContent : "",
  job: document.getElementById("job").checkVisibility(),
}));

const statesOf = page => page.evaluate("globalThis.shown.map(one => JSON.parse(one))");
const seen = page => page.evaluate(() => ({
  status: document.getElementById("status").textContent,
  percent: document.getElementById("percent").textContent,
  bar: document.getElementById("bar").value,
  buttons: [...document.querySelectorAll("#job button")].filter(one => one.checkVisibility()).length,
  problem: document.getElementById("problem").textContent,
}));
const ended = page => page.waitForFunction(
  () => ["completed", "failed", "cancelled"].includes(document.getElementById("status").textContent), SECONDS_60,
);

const browser = await launched();
try {
  const email = `${who}@example.org`;
  const page = await entered(browser, email);
  await page.evaluate(watch);
  await (await page.$("[name=cv]")).uploadFile(cv);
  await page.click("#new button");
  await page.waitForSelector("#job:not([hidden])", SECONDS_60);
  if (act !== "none") {
    const row = `#features [data-feature="${feature}"]`;
    await page.waitForSelector(`${row}[data-status=processing]`, SECONDS_60);
    if (screenshot) await page.screenshot({ path: screenshot });
    await page.click(act === "skip" ? `${row} button` : "#cancel");
  }
  await ended(page);
  await new Promise(resolve => process.stdin.on("end", resolve).resume());
  const completed = (await seen(page)).status === "completed";
  if (completed) await page.waitForSelector("#finished:not([hidden])", SECONDS_60);
  const finished = completed
    ? await page.evaluate(async () => (await fetch(document.getElementById("finished").href)).text())
    : "";
  const states = await statesOf(page);
  await page.reload();
  await ended(page);
  await page.click("#leave");
  await page.waitForSelector("#enter:not([hidden])", SECONDS_60);
  const left = await account(page);
  await enter(page, email, "signIn");
  await page.waitForSelector("#job:not([hidden])", SECONDS_60);
  await ended(page);
  const back = await account(page);
  const again = await seen(page);
  if (screenshot && act === "none") await page.screenshot({ path: screenshot, fullPage: true });
  const overflow = await page.evaluate("document.documentElement.scrollWidth > innerWidth");
  await page.evaluate(readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"));
  const axe = (await page.evaluate("axe.run()")).violations.map(violation => violation.id);

  const other = await entered(await browser.createBrowserContext(), `not-${who}@example.org`);
  await other.evaluate(hash => { location.hash = hash; }, new URL(page.url()).hash);
  await other.waitForFunction(() => document.getElementById("problem").textContent !== "", SECONDS_60);
  const stranger = await other.evaluate(() => ({
    problem: document.getElementById("problem").textContent,
    hidden: document.getElementById("job").hidden,
  }));
  const job = new URL(page.url()).hash.slice(1);
  console.log(JSON.stringify({ job, states, again, left, back, finished, overflow, axe, stranger, errors }));
} finally {
  await browser.close();
}
