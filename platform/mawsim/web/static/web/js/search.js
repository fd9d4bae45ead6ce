/* A filter works as soon as it is chosen; without this script the button below the filters does it. */
document.addEventListener("change", (event) => {
  const control = event.target;
  if (control.form?.id === "search-form" && control.name !== "q") control.form.requestSubmit();
});
/* On a narrow screen the filters start closed, so that the results are seen first. */
if (matchMedia("(max-width: 52rem)").matches) {
  document.querySelector(".search-filters__all")?.removeAttribute("open");
}
/* New results redraw the filters; what was folded or unfolded stays so. */
let folded = new Map();
document.addEventListener("htmx:beforeSwap", () => {
  folded = new Map([...document.querySelectorAll(".search-filters details")].map((part, at) => [part.id || at, part.open]));
});
document.addEventListener("htmx:afterSwap", () => {
  document.querySelectorAll(".search-filters details").forEach((part, at) => {
    const open = folded.get(part.id || at);
    if (open !== undefined) part.open = open || Boolean(part.id && part.querySelector(":checked"));
  });
});
