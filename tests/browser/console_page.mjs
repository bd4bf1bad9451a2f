/*
 * Drives the page of `serve` in headless Chromium: gives it a CV, waits for the results and
 * prints one JSON object: the text of the job's row, the files offered, errors, axe's findings.
 *
 *   node console_page.mjs URL CV WIDTH [SCREENSHOT]
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { launched } from "./chromium.mjs";

const [url, cv, width, screenshot] = process.argv.slice(2);
const browser = await launched();
try {
  const page = await browser.newPage();
  const errors = [];
  page.on("pageerror", error => errors.push(error.message));
  await page.setViewport({ width: Number(width), height: 800 });
  await page.goto(url);
  await (await page.$("#file")).uploadFile(cv);
  await page.click("#new button");
  await page.waitForSelector("#jobs li button", { timeout: 60_000 });
  const files = await page.$$eval("#jobs li button", all => all.map(one => one.textContent));
  const row = await page.$eval("#jobs li", item => item.innerText);
  const overflow = await page.evaluate("document.documentElement.scrollWidth > innerWidth");
  if (screenshot) await page.screenshot({ path: screenshot });
  await page.evaluate(readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"));
  const found = await page.evaluate("axe.run()");
  const axe = found.violations.map(violation => violation.id);
  console.log(JSON.stringify({ files, row, overflow, errors, axe }));
} finally {
  await browser.close();
}
