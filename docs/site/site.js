const index = MiniSearch.loadJSON(SEARCH_INDEX, SEARCH);
const query = document.getElementById("query");
const found = document.getElementById("found");
const root = document.body.dataset.root;

function show() {
  const hits = query.value.trim() === "" ? [] : index.search(query.value).slice(0, 12);
  found.hidden = query.value.trim() === "";
  found.replaceChildren();
  if (!found.hidden && hits.length === 0) {
    found.append("Nothing found");
  }
  for (const hit of hits) {
    const link = document.createElement("a");
    link.href = root + hit.id;
    link.append(Object.assign(document.createElement("strong"), { textContent: hit.heading }));
    if (hit.title !== hit.heading) {
      link.append(Object.assign(document.createElement("span"), { textContent: hit.title }));
    }
    found.append(link);
  }
}

// Arrows go through what was found, Enter in the field opens the first, Escape closes.
function move(event) {
  const links = [...found.querySelectorAll("a")];
  const at = links.indexOf(document.activeElement);
  if (event.key === "ArrowDown" && links.length > 0) {
    links[Math.min(at + 1, links.length - 1)].focus();
  } else if (event.key === "ArrowUp" && at >= 0) {
    (links[at - 1] ?? query).focus();
  } else if (event.key === "Enter" && at < 0 && links.length > 0) {
    links[0].click();
  } else if (event.key === "Escape") {
    query.focus();
    found.hidden = true; // focus has opened it
  } else {
    return;
  }
  event.preventDefault();
}

query.addEventListener("input", show);
query.addEventListener("focus", show);
query.parentElement.addEventListener("keydown", move);
found.addEventListener("click", () => (found.hidden = true));
document.addEventListener("click", (event) => {
  if (!query.parentElement.contains(event.target)) {
    found.hidden = true;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && document.activeElement !== query) {
    event.preventDefault();
    query.focus();
  }
});
// On a narrow screen the pages come after a tap, not before the text.
if (matchMedia("(max-width: 60rem)").matches) {
  document.querySelectorAll("nav details").forEach((details) => (details.open = false));
}
