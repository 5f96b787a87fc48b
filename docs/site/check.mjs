// Follows each link of a built site: to files, and to anchors in them. Usage: node check.mjs [SITE]
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const site = path.resolve(process.argv[2] ?? path.join(path.dirname(fileURLToPath(import.meta.url)), "../../target/site"));
const pages = readdirSync(site, { recursive: true })
  .filter((name) => name.endsWith(".html") && !/^results\/.*report\.html$/.test(name))
  .map((name) => path.join(site, name));
const ids = new Map();
const idsOf = (file) => {
  if (!ids.has(file)) {
    ids.set(file, new Set([...readFileSync(file, "utf8").matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id)));
  }
  return ids.get(file);
};
const unescape = (text) => text.replaceAll("&amp;", "&").replaceAll("&quot;", '"');
const dead = [];
let followed = 0;
for (const page of pages) {
  const html = readFileSync(page, "utf8");
  for (const [, link] of html.matchAll(/\s(?:href|src)="([^"]*)"/g)) {
    followed++;
    const [, to, anchor] = /^([^#]*)(?:#(.*))?$/.exec(unescape(link));
    const target = to === "" ? page : path.resolve(path.dirname(page), decodeURI(to));
    const lives = /^[a-z]+:/.test(to)
      ? URL.canParse(to)
      : existsSync(target) && statSync(target).isFile() && (!anchor || !target.endsWith(".html") || idsOf(target).has(decodeURIComponent(anchor)));
    if (!lives) {
      dead.push(`${path.relative(site, page)}: ${link}`);
    }
  }
  for (const [what, pattern] of [["lang", /<html lang="en">/], ["one h1", /^(?:(?!<h1)[^])*<h1[^]*?<\/h1>(?:(?!<h1)[^])*$/], ["skip link", /class="skip"/]]) {
    if (!pattern.test(html)) {
      dead.push(`${path.relative(site, page)}: expected ${what}`);
    }
  }
}
dead.forEach((line) => console.error(line));
console.log(`${pages.length} pages, ${followed} links, ${dead.length} that lead nowhere`);
process.exit(dead.length === 0 && pages.length > 50 ? 0 : 1);
