"use strict";
// The page can be read without this: it unfolds what a link leads to, and filters the stages.
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const folds = () => all("details.stage, details.item");

  const follow = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let each = target.closest("details"); each; each = each.parentElement.closest("details")) each.open = true;
    const hidden = target.closest(".stages > li[hidden]");
    if (hidden) show("");
    target.scrollIntoView();
  };

  const buttons = all(".filter button[data-state]");
  const show = (state) => {
    for (const each of buttons) each.setAttribute("aria-pressed", String(each.dataset.state === state));
    for (const each of all(".stages > li")) each.hidden = state !== "" && !each.dataset.states.split(" ").includes(state);
  };
  for (const each of buttons) each.addEventListener("click", () => show(each.dataset.state));
  for (const each of all(".filter button[data-fold]"))
    each.addEventListener("click", () => { for (const one of folds()) one.open = each.dataset.fold === "open"; });
  for (const each of all(".filter")) each.hidden = false;

  addEventListener("hashchange", follow);
  addEventListener("beforeprint", () => { for (const each of folds()) each.open = true; });
  follow();
})();
