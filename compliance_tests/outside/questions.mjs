// node questions.mjs CHROMIUM FILE CONTROL...: from the top of the report to each control by links
// alone. Says as JSON how many clicks it took, what stands there, and what ran on the page.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
const require = createRequire(import.meta.url);
const { chromium } = require("playwright-core");

const [executablePath, file, ...controls] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
// without the page's own policy, which would hide that something had been let in
const context = await browser.newContext({ bypassCSP: true });
const page = await context.newPage();
page.setDefaultTimeout(60_000);
let dialogs = 0;
page.on("dialog", (d) => {
  dialogs += 1;
  d.dismiss();
});
const answers = {};
await page.goto(pathToFileURL(file).href);
for (const control of controls) {
  await page.evaluate(() => {
    history.replaceState(null, "", "#");
    scrollTo(0, 0);
  });
  const path = [`nav a[href="#controls"]`, `table.index a[href="#control-${control}"]`];
  for (const link of path) await page.click(link);
  answers[control] = await page.evaluate(() => {
    const at = document.querySelector(":target");
    const find = (selector) => [...at.querySelectorAll(selector)];
    const text = (name) => at.querySelector(`[data-answer=${name}]`).textContent.trim();
    return {
      demand: text("demand"),
      requirements: find("[data-answer=requirements] a").map((a) => a.textContent),
      checked: find("[data-answer=checked]").map((r) => [r.dataset.at, r.dataset.checker]),
      files: find("[data-answer=evidence] a[data-digest]").map((a) => [
        a.getAttribute("href"),
        a.dataset.digest,
      ]),
      unaltered: at.querySelector("[data-unaltered]").dataset.unaltered,
      changes: find("[data-change]").map((c) => c.dataset.change),
    };
  });
  answers[control].clicks = path.length;
}
const strange = await page.evaluate(
  () => document.querySelectorAll("script, img, iframe, [onerror], [onmouseover]").length,
);
await browser.close();
console.log(JSON.stringify({ answers, dialogs, strange }));
