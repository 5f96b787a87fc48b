// Anchors of headings as a host of Git makes them: lower case, without punctuation, a dash for each space.
export function anchors() {
  const made = new Map();
  return (text) => {
    const anchor = text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{Pc} -]/gu, "")
      .replaceAll(" ", "-");
    const before = made.get(anchor) ?? 0;
    made.set(anchor, before + 1);
    return before === 0 ? anchor : `${anchor}-${before}`;
  };
}

// Gives each heading its anchor.
export function slugs(markdown) {
  markdown.core.ruler.push("slugs", (state) => {
    const next = anchors();
    state.tokens.forEach((token, i) => {
      if (token.type === "heading_open") {
        token.attrSet("id", next(state.tokens[i + 1].children.map((part) => part.content).join("")));
      }
    });
  });
}
