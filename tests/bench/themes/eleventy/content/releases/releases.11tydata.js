export default { layout: "release.njk", permalink: data => `/releases/${data.page.fileSlug}/` };
