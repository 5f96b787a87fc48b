// Builds the pages of docs into a folder of plain HTML that opens from disk. Usage: node build.mjs [OUT]
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import MarkdownIt from "markdown-it";
import MiniSearch from "minisearch";
import { slugs } from "./anchors.mjs";
import { SEARCH } from "./search-options.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const docs = path.dirname(here);
const root = path.dirname(docs);
const out = path.resolve(process.argv[2] ?? path.join(root, "target/site"));

// What the navigation shows, in this order.
const KINDS = [
  ["tutorial", "Tutorial"],
  ["how-to", "How to"],
  ["reference", "Reference"],
  ["explanation", "Explanation"],
  ["adr", "Decisions"],
  ["results", "Results"],
];
// Copied as they are: pages link to them.
const FILES = /\.(json|yaml|sh|png|csv|py|html|pptx|md|patch)$/;
const PAGES_BESIDE = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "THIRD-PARTY.md", "LICENSE"];

const markdown = new MarkdownIt({ html: false, linkify: false }).use(slugs);
const escape = markdown.utils.escapeHtml;

function walk(folder) {
  return readdirSync(folder)
    .sort()
    .filter((name) => name !== "site" && name !== "node_modules")
    .map((name) => path.join(folder, name))
    .flatMap((file) => (statSync(file).isDirectory() ? walk(file) : [file]));
}

// docs/README.md becomes index.html, and what lies outside of docs is shown below project/.
function address(file) {
  const inside = path.relative(docs, file);
  const place = inside.startsWith("..") ? path.join("project", path.relative(root, file)) : inside;
  return place.split(path.sep).join("/").replace(/README\.md$/, "index.md").replace(/\.md$/, ".html");
}

const sources = [...walk(docs), ...PAGES_BESIDE.map((name) => path.join(root, name))];
const pages = sources
  .filter((file) => file.endsWith(".md"))
  .map((file) => {
    const text = readFileSync(file, "utf8");
    return { file, text, to: address(file), title: /^# (.*)$/m.exec(text)?.[1].replaceAll("`", "") ?? path.basename(file) };
  });
const known = new Set(sources.map(String));

// A link to a page leads to its HTML; one to a file or folder of the project that is not in the site is shown as its path.
function mend(page, href) {
  if (/^[a-z]+:|^#/.test(href)) {
    return href;
  }
  const [, link, anchor] = /^([^#]*)(#.*)?$/.exec(href);
  let target = path.resolve(path.dirname(page.file), link);
  const index = path.join(target, "README.md");
  if (!known.has(target) && known.has(index)) {
    target = index;
  }
  if (target === path.join(docs, "adr") || target === path.join(docs, "results")) {
    return relative(page.to, `${path.basename(target)}/index.html`);
  }
  return known.has(target) ? relative(page.to, address(target)) + (anchor ?? "") : null;
}

function relative(from, to) {
  return path.relative(path.dirname(from), to).split(path.sep).join("/");
}

function render(page) {
  const tokens = markdown.parse(page.text, {});
  for (const inline of tokens.filter((token) => token.type === "inline")) {
    const open = [];
    for (const token of inline.children) {
      if (token.type === "link_open") {
        const href = mend(page, token.attrGet("href"));
        open.push(href);
        if (href === null) {
          Object.assign(token, { tag: "span", attrs: [["title", "in the project's folder"]] });
        } else {
          token.attrSet("href", href);
        }
      } else if (token.type === "link_close" && open.pop() === null) {
        token.tag = "span";
      } else if (token.type === "image") {
        token.attrSet("src", mend(page, token.attrGet("src")) ?? "");
      }
    }
  }
  const head = tokens.some((token) => token.tag === "h1") ? "" : `<h1>${escape(page.title)}</h1>\n`;
  return (head + markdown.renderer.render(tokens, markdown.options, {}))
    .replaceAll("<table>", '<div class="scroll" tabindex="0" role="region" aria-label="Table"><table>')
    .replaceAll("</table>", "</table></div>")
    .replaceAll("<pre>", '<pre tabindex="0">');
}

function navigation(page) {
  return KINDS.map(([kind, name]) => {
    const of = pages.filter((other) => other.to.startsWith(`${kind}/`));
    const here = page.to.startsWith(`${kind}/`);
    const items = of
      .map((other) => {
        const current = other === page ? ' aria-current="page"' : "";
        return `<li><a href="${relative(page.to, other.to)}"${current}>${escape(other.title)}</a></li>`;
      })
      .join("");
    const open = here || !["adr", "results"].includes(kind) ? " open" : "";
    return `<details${open}><summary>${name}</summary><ul>${items}</ul></details>`;
  }).join("");
}

function document(page, body) {
  const up = (file) => relative(page.to, file);
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(page.title)} - Catwalk</title>
<link rel="stylesheet" href="${up("site.css")}">
<script src="${up("search-index.js")}" defer></script>
<script src="${up("site.js")}" defer></script>
</head>
<body data-root="${up("index.html").replace(/index\.html$/, "")}">
<a class="skip" href="#content">Skip to the text</a>
<header class="bar"><div class="inner">
<a class="home" href="${up("index.html")}"><span class="mark" aria-hidden="true"></span>Catwalk</a>
<div class="search" role="search"><label for="query">Search</label><input id="query" type="search" autocomplete="off" placeholder="Press / to search" aria-controls="found"><div id="found" aria-live="polite" hidden></div></div>
</div></header>
<div class="columns">
<nav aria-label="Pages">${navigation(page)}</nav>
<main id="content" tabindex="-1">
${body}
</main>
</div>
</body>
</html>
`;
}

function write(to, text) {
  const file = path.join(out, to);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

// Each heading is found by itself, with the text up to the next.
function sections(page) {
  const tokens = markdown.parse(page.text, {});
  const found = [];
  for (let i = 0; i < tokens.length; i++) {
    if (tokens[i].type === "heading_open") {
      const heading = tokens[++i].children.map((part) => part.content).join("");
      found.push({ anchor: tokens[i - 1].attrGet("id"), heading, text: [] });
    } else if (tokens[i].type === "inline") {
      found.at(-1)?.text.push(tokens[i].children.map((part) => part.content || " ").join(""));
    } else if (tokens[i].type === "fence") {
      found.at(-1)?.text.push(tokens[i].content);
    }
  }
  return found.map(({ anchor, heading, text }) => ({
    id: `${page.to}#${anchor}`,
    title: page.title,
    heading,
    text: text.join(" ").replace(/\s+/g, " "),
  }));
}

rmSync(out, { recursive: true, force: true });
for (const page of pages) {
  write(page.to, document(page, render(page)));
}
for (const kind of ["adr", "results"]) {
  const to = `${kind}/index.html`;
  const title = KINDS.find(([name]) => name === kind)[1];
  const list = pages
    .filter((page) => page.to.startsWith(`${kind}/`))
    .map((page) => `<li><a href="${relative(to, page.to)}">${escape(page.title)}</a></li>`)
    .join("\n");
  write(to, document({ to, title }, `<h1>${title}</h1>\n<ul>\n${list}\n</ul>`));
}
for (const file of sources.filter((source) => source === path.join(root, "LICENSE") || (FILES.test(source) && !source.endsWith(".md")))) {
  mkdirSync(path.dirname(path.join(out, address(file))), { recursive: true });
  cpSync(file, path.join(out, address(file)));
}
const index = new MiniSearch(SEARCH);
index.addAll(pages.flatMap(sections));
const library = readFileSync(path.join(here, "node_modules/minisearch/dist/umd/index.js"), "utf8");
// A page from disk may load scripts and nothing else, so the index is one.
write("search-index.js", `${library}\nconst SEARCH_INDEX = ${JSON.stringify(JSON.stringify(index))};\n`);
write("site.js", readFileSync(path.join(here, "search-options.mjs"), "utf8").replace("export const", "const") + readFileSync(path.join(here, "site.js"), "utf8"));
const report = path.join(root, "runner/report/src/main/resources/io/catwalk/runner/report/page/report.css");
const colors = readFileSync(report, "utf8").match(/^ {2}(color-scheme|--[a-z-]+): .*;$/gm).join("\n");
write("site.css", `:root {\n${colors}\n}\n${readFileSync(path.join(here, "site.css"), "utf8")}`);
console.log(`${pages.length} pages in ${out}`);
