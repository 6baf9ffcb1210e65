/** What the page does by itself: it sorts its tables, switches its colours, and joins rows to marks. */
export const BEHAVIOUR = `
"use strict";
const root = document.documentElement;
document.getElementById("theme").addEventListener("click", () => {
  const isDark = root.dataset.theme
    ? root.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = isDark ? "light" : "dark";
});
for (const header of document.querySelectorAll("th[data-sort]")) {
  header.querySelector("button").addEventListener("click", () => {
    const table = header.closest("table");
    const column = [...header.parentNode.children].indexOf(header);
    const isUp = header.getAttribute("aria-sort") !== "ascending";
    for (const other of table.querySelectorAll("th")) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", isUp ? "ascending" : "descending");
    const keyOf = (row) => row.children[column].dataset.key ?? row.children[column].textContent;
    const isNumber = header.dataset.sort === "number";
    const compare = (a, b) => isNumber ? Number(a) - Number(b) : a < b ? -1 : a > b ? 1 : 0;
    const body = table.tBodies[0];
    const rows = [...body.rows].sort((a, b) => (isUp ? 1 : -1) * compare(keyOf(a), keyOf(b)));
    body.append(...rows);
  });
}
const light = (id, isOn) => {
  for (const mark of document.querySelectorAll("svg a[data-target]")) {
    if (mark.dataset.target === id) mark.classList.toggle("lit", isOn);
  }
  document.getElementById(id)?.classList.toggle("lit", isOn);
};
for (const mark of document.querySelectorAll("svg a[data-target], tbody tr[id]")) {
  const id = mark.id || mark.dataset.target;
  for (const event of ["mouseenter", "focusin"]) mark.addEventListener(event, () => light(id, true));
  for (const event of ["mouseleave", "focusout"]) mark.addEventListener(event, () => light(id, false));
}
`;
