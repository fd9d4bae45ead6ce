/* The workbench by keyboard. Everything works without this; it only saves ways. */
const bench = document.querySelector("[data-bench]");

const insert = (field, words) => {
  field.value = words.trim();
  field.dispatchEvent(new Event("input", { bubbles: true }));
};
bench?.addEventListener("keydown", (event) => {
  const line = event.target.closest("[data-line]");
  if (event.ctrlKey && event.key === "Enter") {
    event.preventDefault();
    bench.requestSubmit(bench.querySelector("[data-save]"));
  } else if (line && event.altKey && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    const lines = [...bench.querySelectorAll("[data-line]")];
    lines[lines.indexOf(line) + (event.key === "ArrowDown" ? 1 : -1)]?.querySelector("textarea").focus();
  } else if (line && event.altKey && /^Digit[0-5]$/.test(event.code)) {
    const number = event.code.slice(5);
    const words = line.querySelector(number === "0" ? "[data-source]" : `[data-hit="${number}"] [data-words]`);
    if (!words) return;
    event.preventDefault();
    insert(line.querySelector("textarea"), words.textContent);
  }
});
