/* The listing form works without this; with it, long lists can be searched and only what matters is shown. */
const form = document.getElementById("listing-form");

/* The same comparison as mawsim.taxonomy.folding, as far as a list of labels needs it. */
const fold = (text) => text.normalize("NFKD").toLowerCase().replace(/[\u0300-\u036f\u064b-\u065f\u0640\u200b-\u200f]/g, "")
  .replace(/[ىی]/g, "ي").replace(/ک/g, "ك").replace(/ة/g, "ه").replace(/đ/g, "d").replace(/ı/g, "i");

for (const picker of document.querySelectorAll("[data-picker]")) {
  const search = picker.querySelector("[data-picker-search]");
  const options = [...picker.querySelectorAll(".picker__option")].map((option) => [option, fold(option.textContent + " | " + (option.dataset.names || ""))]);
  const groups = [...picker.querySelectorAll(".picker__group")].map((group) => [group, group.open]);
  search.hidden = false;
  search.addEventListener("input", (event) => {
    event.stopPropagation();
    const wanted = fold(event.target.value.trim());
    let found = 0;
    for (const [option, names] of options) {
      option.hidden = Boolean(wanted) && !names.includes(wanted);
      found += option.hidden ? 0 : 1;
    }
    for (const [group, wasOpen] of groups) {
      group.hidden = !group.querySelector(".picker__option:not([hidden])");
      group.open = wanted ? true : wasOpen || Boolean(group.querySelector(":checked"));
    }
    picker.querySelector("[data-picker-none]").hidden = found > 0;
  });
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault(); // it searches a list; it does not send the form
  });
}

/* Only the fields of the chosen pillar. */
const showPillar = () => {
  const chosen = form?.querySelector("[name=pillar]:checked")?.value;
  for (const group of document.querySelectorAll("[data-pillar]")) {
    group.hidden = group.dataset.pillar !== chosen;
    if (!group.hidden) group.open = true;
  }
};
form?.addEventListener("change", (event) => { if (event.target.name === "pillar") showPillar(); });
if (form) showPillar();

/* The language of what is being written, for fonts, spelling and screen readers. */
const showLanguage = () => {
  for (const field of form.querySelectorAll("[data-limit]")) field.lang = form.elements.source_language.value;
};
form?.addEventListener("change", (event) => { if (event.target.name === "source_language") showLanguage(); });
if (form) showLanguage();

/* Characters as PostgreSQL and Python count them, not UTF-16 units. */
for (const field of document.querySelectorAll("[data-limit]")) {
  const limit = Number(field.dataset.limit);
  const counter = document.createElement("output");
  counter.className = "counter";
  counter.dir = "ltr";
  const count = () => {
    const length = [...field.value.normalize("NFC")].length;
    counter.textContent = `${length} / ${limit}`;
    counter.classList.toggle("counter--over", length > limit);
  };
  field.after(counter);
  field.addEventListener("input", count);
  count();
}
