// node look.mjs CHROMIUM FILE: opens the file at three widths, light, dark and in print, and says
// as JSON what axe-core finds, what was asked of the network, and what runs out of the page.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
const require = createRequire(import.meta.url);
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf-8");

const [executablePath, file] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const asked = [];
const found = [];
for (const [width, colorScheme, media] of [
  [360, "light", "screen"],
  [820, "dark", "screen"],
  [1400, "light", "screen"],
  [688, "light", "print"], // A4 less the margins
]) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
  const page = await context.newPage();
  page.on("request", (r) => asked.push(r.url()));
  page.on("pageerror", (e) => found.push({ width, id: "script", nodes: [String(e)] }));
  await page.emulateMedia({ media, colorScheme });
  await page.goto(pathToFileURL(file).href);
  const over = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  if (over > 1) found.push({ width, media, id: "runs out of the page", nodes: [String(over)] });
  await page.evaluate(axe); // not a script element: the page's own policy allows none
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"] }),
  );
  for (const v of violations) {
    const nodes = v.nodes.slice(0, 3).map((n) => `${n.target} ${n.failureSummary}`);
    found.push({ width, colorScheme, media, id: v.id, impact: v.impact, nodes });
  }
  await context.close();
}
await browser.close();
const own = pathToFileURL(file).href;
console.log(JSON.stringify({ found, asked: asked.filter((u) => u !== own) }));
