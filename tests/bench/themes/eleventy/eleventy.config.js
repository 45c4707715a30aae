// Lists by department and by type, neighbours and the feed's dates, which Eleventy leaves to its users.
const pad = number => String(number).padStart(2, "0");
const local = date => new Date(date.getTime() + 8 * 3600e3);

export default function (config) {
  config.addFilter("minute", date => `${local(date).toISOString().slice(0, 10)} ${pad(local(date).getUTCHours())}:${pad(local(date).getUTCMinutes())}`);
  config.addFilter("day", date => local(date).toISOString().slice(0, 10));
  config.addFilter("rfc822", date => date.toUTCString());
  config.addFilter("first", (pages, count) => pages.slice(0, count));
  config.addCollection("newest", api => {
    const pages = api.getFilteredByGlob("content/releases/*.md").sort((one, other) => other.date - one.date);
    pages.forEach((page, place) => {
      page.data.following = pages[place - 1];
      page.data.previous = pages[place + 1];
    });
    return pages;
  });
  config.addCollection("lists", api => {
    const lists = new Map();
    for (const page of api.getFilteredByGlob("content/releases/*.md").sort((one, other) => other.date - one.date))
      for (const name of ["departments", "types"]) {
        const base = `/${name}/${page.data[name]}/`;
        if (!lists.has(base)) lists.set(base, { title: page.data[name], pages: [] });
        lists.get(base).pages.push(page);
      }
    const link = (base, number) => number === 1 ? base : `${base}page/${number}/`;
    return [...lists].flatMap(([base, { title, pages }]) => {
      const last = Math.ceil(pages.length / 20);
      return Array.from({ length: last }, (_, place) => ({
        title, last, number: place + 1, url: link(base, place + 1),
        before: place > 0 && link(base, place), after: place + 1 < last && link(base, place + 2),
        pages: pages.slice(20 * place, 20 * place + 20),
      }));
    });
  });
  return { dir: { input: "content", output: "site", includes: "../_includes" }, markdownTemplateEngine: false };
}
