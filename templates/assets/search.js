// The search page: its form, its address, its results. All texts come from the page, which speaks its reader's language.

const SHOWN = 10; // results that come at once
const READ = 30; // releases that are read for them at most
const BEFORE = 30; // characters of an excerpt before its first mark
const EXCERPT = 120; // characters of an excerpt

const form = document.querySelector("#search-page");
const section = document.querySelector("#search-results");
const status = document.querySelector("#search-status");
const list = section.querySelector("ol");
const more = section.querySelector("button");
const words = section.dataset;
// By the digest that the page names, so that the two scripts are always of the same theme.
const { Index, findMarks, fold, readTerms } = await import(document.querySelector("link[rel=modulepreload]").href);
const index = new Index(`${words.root}search/index/`);
let current = 0; // the newest search: what an older one finds comes too late

function say(text, values = {}) {
  status.textContent = text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

function make(name, className, ...children) {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

// The text from `start` to `end` with its marked passages in <mark>.
function marked(text, marks, start = 0, end = text.length) {
  const pieces = [];
  let at = start;
  for (const [from, to] of marks.filter((one) => one[1] > start && one[0] < end)) {
    pieces.push(text.slice(at, Math.max(at, from)), make("mark", "", text.slice(Math.max(at, from), Math.min(to, end))));
    at = Math.min(to, end);
  }
  return [...pieces, text.slice(at, end)];
}

function excerpt(text, marks) {
  const start = marks.length ? Math.max(0, marks[0][0] - BEFORE) : 0;
  const end = Math.min(text.length, Math.max(start + EXCERPT, marks.length ? marks[0][1] : 0));
  return [start ? "…" : "", ...marked(text, marks, start, end), end < text.length ? "…" : ""];
}

function label(name, value, otherwise) {
  const option = Array.from(form.elements[name].options).find((one) => one.value === value);
  return option ? option.text : otherwise;
}

// What the release says in each language, that of this page first.
function languagesOf(twin, id) {
  const others = twin.translations.map((one) => searchable(one, `${words.root}${one.language}/releases/${id}/`));
  const all = [searchable(twin, `${words.root}releases/${id}/`), ...others];
  const isOwn = (one) => one.language === document.documentElement.lang;
  return [...all.filter(isOwn), ...all.filter((one) => !isOwn(one))];
}

function searchable({ language, title, text: { html } }, address) {
  const page = new DOMParser().parseFromString(html ?? "", "text/html");
  const text = page.body.textContent.replace(/\s+/gu, " ").trim();
  return { language, address, title, text, foldedTitle: fold(title), foldedText: fold(text) };
}

// Where the terms stand in it. What is read of another language than the page's is its title, too.
function passage(one, isOwn, terms) {
  const text = isOwn || !one.text ? one.text : `${one.title} — ${one.text}`;
  return { language: one.language, text, marks: findMarks(fold(text), terms) };
}

// The release as its machine-readable twin tells it, with what of it was searched; null where it lacks a term.
async function read(candidate, terms) {
  const id = await candidate.segment.name(candidate.number);
  const address = `${words.root}releases/${id}/index.json`;
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  const twin = await answer.json();
  const said = languagesOf(twin, id);
  const folded = said.flatMap((one) => [one.foldedTitle.text, one.foldedText.text]);
  if (!terms.every((term) => folded.some((one) => one.includes(term)))) return null;
  const titleMarks = findMarks(said[0].foldedTitle, terms);
  const passages = said.map((one, place) => passage(one, place === 0, terms));
  // Another language is quoted only where this one has nothing to show.
  const found = titleMarks.length ? null : passages.find((one) => one.marks.length);
  return { twin, first: said[0], titleMarks, quoted: found ?? passages[0] };
}

// What is not in the page's language says so, to whoever has it read aloud.
function spoken(element, language) {
  if (language !== document.documentElement.lang) element.lang = language;
  return element;
}

function show({ twin, first, titleMarks, quoted }) {
  const link = spoken(make("a", "", ...marked(first.title, titleMarks)), first.language);
  link.href = first.address;
  const time = make("time", "", twin.published.slice(0, 16).replace("T", " "));
  time.dateTime = twin.published;
  const isWithdrawn = twin.status === "withdrawn";
  const badge = isWithdrawn ? [" ", make("span", "badge badge-stop", words.withdrawn)] : [];
  const type = make("span", "type", label("type", twin.type, twin.type_name));
  const department = make("span", "", label("department", twin.department.id, twin.department.name));
  const summary = make("p", "card-summary", ...(isWithdrawn ? [twin.summary] : excerpt(quoted.text, quoted.marks)));
  return make(
    "li",
    "",
    make(
      "article",
      "card",
      make("h2", "card-title", link, ...badge),
      make("p", "card-meta", type, " ", time, " ", department),
      spoken(summary, quoted.language),
    ),
  );
}

// Shows the next results; the rest stays behind the button.
async function advance(search, isFirst) {
  more.hidden = true;
  const hits = [];
  for (let readNow = 0; hits.length < SHOWN && readNow < READ && search.rest.length; ) {
    const batch = search.rest.splice(0, SHOWN - hits.length);
    readNow += batch.length;
    const found = await Promise.all(batch.map((one) => read(one, search.terms)));
    search.wrong += found.filter((one) => !one).length;
    hits.push(...found.filter(Boolean));
  }
  if (search.number !== current) return;
  const items = hits.map(show);
  list.append(...items);
  search.shown += items.length;
  more.hidden = !search.rest.length;
  const values = { count: search.total - search.wrong, shown: search.shown };
  if (!search.shown && !search.rest.length) say(words.nothing, values);
  else if (search.rest.length && !search.isCertain) say(words.most, values);
  else say(search.rest.length ? words.part : words.count, values);
  if (!isFirst) items[0]?.querySelector("a").focus();
}

function day(text) {
  const milliseconds = Date.parse(`${text}T00:00:00Z`);
  return Number.isNaN(milliseconds) ? undefined : (milliseconds - Date.UTC(2000, 0, 1)) / 86_400_000;
}

async function run(values) {
  const number = (current += 1);
  list.replaceChildren();
  more.hidden = true;
  const terms = readTerms(values.get("q") ?? "");
  if (!terms.some((one) => one.length > 1)) {
    say(terms.length ? words.short : "");
    return;
  }
  say(words.busy);
  const filters = {
    type: values.get("type"),
    department: values.get("department"),
    from: day(values.get("from")),
    to: day(values.get("to")),
  };
  try {
    const rest = await index.search(terms, filters);
    const isCertain = terms.every((one) => one.length === 2);
    const search = { number, terms, rest, total: rest.length, shown: 0, wrong: 0, isCertain };
    more.onclick = () => advance(search, false).catch(() => say(words.failed));
    await advance(search, true);
  } catch {
    if (number === current) say(words.failed);
  }
}

function fill(values) {
  for (const name of ["q", "type", "department", "from", "to"]) form.elements[name].value = values.get(name) ?? "";
  form.querySelector("details").open = ["type", "department", "from", "to"].some((name) => values.get(name));
}

function follow() {
  const values = new URLSearchParams(location.search);
  fill(values);
  run(values);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const values = new URLSearchParams(Array.from(new FormData(form)).filter(([, value]) => value));
  history.pushState(null, "", `?${values}`);
  run(values);
});
window.addEventListener("popstate", follow);
document.querySelector("#search-without").hidden = true;
form.hidden = false;
follow();
