// Finds pages that have every word, those with the words in the title or a heading first.
(() => {
  const form = document.querySelector("form[role=search]"), input = form.q, list = form.querySelector("ol"), root = form.dataset.root;
  const menu = document.querySelector(".menu");
  if (menu && matchMedia("(min-width: 60.01rem)").matches) menu.open = true;
  const pages = (window.pages || []).map((p) => ({ ...p, title: p.t.toLowerCase(), heads: (p.h || []).map((h) => h.toLowerCase()), text: p.x.toLowerCase() }));
  const score = (p, word) => {
    if (p.title === word) return 100;
    if (p.title.includes(word)) return 40;
    if (p.heads.some((h) => h.slice(h.indexOf(" ") + 1).includes(word))) return 15;
    return p.text.includes(word) ? 1 + Math.min(5, p.text.split(word).length / 4) : 0;
  };
  const search = (query) => {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    if (!words.length) return [];
    return pages.map((p) => { const all = words.map((w) => score(p, w)); return { p, words, score: all.some((n) => !n) ? 0 : all.reduce((a, b) => a + b, 0) }; })
      .filter((f) => f.score).sort((a, b) => b.score - a.score).slice(0, 12);
  };
  const show = () => {
    list.replaceChildren(...search(input.value).map(({ p, words }) => {
      const item = document.createElement("li"), a = document.createElement("a"), small = document.createElement("small");
      const head = p.heads.findIndex((h) => words.every((w) => h.slice(h.indexOf(" ") + 1).includes(w)));
      a.href = root + p.a + (head >= 0 ? "#" + p.h[head].split(" ")[0] : "");
      a.textContent = p.t + (head >= 0 ? " · " + p.h[head].slice(p.h[head].indexOf(" ") + 1) : "");
      const at = p.text.indexOf(words[0]), from = Math.max(0, at - 60);
      if (at >= 0) {
        const mark = document.createElement("mark");
        mark.textContent = p.x.slice(at, at + words[0].length);
        small.append((from ? "…" : "") + p.x.slice(from, at), mark, p.x.slice(at + words[0].length, at + 100) + "…");
      }
      a.append(small); item.append(a);
      return item;
    }));
    if (input.value.trim() && !list.children.length) { const none = document.createElement("li"); none.textContent = "Nothing found."; none.style.padding = ".4rem .9rem"; list.append(none); }
    list.hidden = !list.children.length;
  };
  input.addEventListener("input", show);
  form.addEventListener("submit", (e) => { e.preventDefault(); const first = list.querySelector("a"); if (first) location.href = first.href; });
  document.addEventListener("keydown", (e) => {
    if (e.key === "/" && document.activeElement !== input) { e.preventDefault(); input.focus(); }
    if (e.key === "Escape") { list.hidden = true; input.blur(); }
  });
  document.addEventListener("click", (e) => { if (!form.contains(e.target)) list.hidden = true; });
})();
