/*
 * Opens HTML files in headless Chromium, at the width of a phone and of a desktop and as on
 * paper, and prints one JSON object on standard output: `pages`, for each file and view what
 * was found.
 *
 *   node check_page.mjs FILE...
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { launched } from "./chromium.mjs";

/* The last is a sheet of A4 at 96 pixels an inch. */
const VIEWS = [
  { width: 360, media: "screen" },
  { width: 1280, media: "screen" },
  { width: 794, media: "print" },
];
const HEIGHT = 800;
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"];

/* What is shown of the page's own file and of data inside it is no request to anyone. */
function isOutside(url, file) {
  return url !== file && !url.startsWith("data:");
}

/* Runs inside the page. Boxes are compared with a tolerance of one pixel. */
function seen() {
  const { scrollWidth, clientWidth } = document.documentElement;
  const elements = [...document.body.querySelectorAll("*")];
  const named = (found) =>
    found.slice(0, 10).map((element) => {
      const feature = element.closest("[data-feature]")?.getAttribute("data-feature") ?? "page";
      return `${feature}: ${element.localName}.${element.getAttribute("class")}`;
    });
  const box = (element) => element.getBoundingClientRect();
  // What scrolls by itself and can be reached by the keyboard is neither wide nor cut on a screen.
  const scrolls = (element) => matchMedia("screen").matches && element.closest('[tabindex="0"]') !== null;
  const shown = elements.filter((element) => box(element).width > 0 && !scrolls(element));
  const hides = (element) => getComputedStyle(element).overflowX !== "visible";
  const letters = [...document.body.querySelectorAll("svg text")].filter((element) => box(element).width > 0);
  const leaves = (element) => {
    const inner = box(element);
    const outer = box(element.closest("svg"));
    return (
      inner.left < outer.left - 1 || inner.right > outer.right + 1 ||
      inner.top < outer.top - 1 || inner.bottom > outer.bottom + 1
    );
  };
  const meet = (one, other) => {
    const [a, b] = [box(one), box(other)];
    return (
      Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
      Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > a.height / 3
    );
  };
  return {
    overflow: Math.max(0, scrollWidth - clientWidth),
    wide: named(shown.filter((element) => box(element).right > clientWidth + 1)),
    cut: named([
      ...shown.filter(
        (element) =>
          !(element instanceof SVGElement) && hides(element) && element.scrollWidth > element.clientWidth + 1,
      ),
      ...letters.filter(leaves),
    ]),
    collisions: named(
      letters.filter((element, index) =>
        letters.slice(index + 1).some((other) => element.closest("svg") === other.closest("svg") && meet(element, other)),
      ),
    ),
    letters: document.body.innerText.length,
    fontsNotLoaded: [...document.fonts].filter((font) => font.status === "error").length,
  };
}

async function accessibility(page, source) {
  await page.evaluate(source);
  const found = await page.evaluate(
    (values) => globalThis.axe.run(document, { runOnly: { type: "tag", values } }),
    RULES,
  );
  return {
    passes: found.passes.map(({ id }) => id),
    violations: found.violations.map(({ id, nodes }) => ({
      id,
      where: nodes.slice(0, 5).map((node) => node.target.join(" ")),
      why: nodes[0]?.failureSummary ?? "",
    })),
  };
}

async function checked(browser, path, { width, media }, source) {
  const page = await browser.newPage();
  const file = pathToFileURL(resolve(path)).href;
  const requests = [];
  const errors = [];
  page.on("request", (request) => {
    if (isOutside(request.url(), file)) requests.push(request.url());
  });
  page.on("console", (message) => {
    if (["error", "warn"].includes(message.type())) errors.push(message.text());
  });
  page.on("pageerror", (error) => errors.push(String(error)));
  await page.setViewport({ width, height: HEIGHT });
  await page.emulateMediaType(media);
  await page.goto(file, { waitUntil: "load" });
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  const layout = await page.evaluate(seen);
  const rules = await accessibility(page, source);
  await page.close();
  return { file: path, width, media, ...layout, errors, requests, ...rules };
}

async function main(paths) {
  const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  const browser = await launched();
  try {
    const pages = [];
    for (const path of paths) {
      for (const view of VIEWS) pages.push(await checked(browser, path, view, source));
    }
    console.log(JSON.stringify({ pages }));
  } finally {
    await browser.close();
  }
}

await main(process.argv.slice(2));
