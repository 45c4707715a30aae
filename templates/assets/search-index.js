// Reads the index that tooling/greenchannel/portal/search_index.py writes; the form of its bytes is told there and in
// postings.py. Nothing here touches the page.

const LEFT_OUT = /[\p{P}\p{Z}\p{Cc}\p{Cf}]/u;
const PAIRS = 8; // asked for in one query: a long one is found by some of its pairs, and read to the end afterwards
const TERMS = 8;
const LONGEST = 200; // characters of a query
const GOLDEN = 0x9e3779b1;
const TRIPLE = "\uE000";
const LATIN = /^[0-9a-z]{3}$/;

// The text as it is compared, and for each of its units the place in the original.
export function fold(original) {
  let text = "";
  const places = [];
  let at = 0;
  for (const character of original) {
    if (!LEFT_OUT.test(character)) {
      const folded = character.normalize("NFKC").toLowerCase();
      text += folded.length === character.length ? folded : character;
      for (let unit = 0; unit < character.length; unit += 1) places.push(at + unit);
    }
    at += character.length;
  }
  return { text, places };
}

// Words stand apart; what is in quotation marks stays together.
export function readTerms(query) {
  const words = query.normalize("NFC").slice(0, LONGEST).matchAll(/["“”「」]([^"“”「」]*)["“”「」]|(\S+)/gu);
  const terms = Array.from(words, ([, quoted, bare]) => fold(quoted ?? bare).text);
  return [...new Set(terms)].filter(Boolean).slice(0, TERMS);
}

// Where the terms stand in a text: [start, end) in the original, in order and without overlaps.
export function findMarks(folded, terms) {
  const found = [];
  for (const term of terms) {
    for (let at = folded.text.indexOf(term); at >= 0; at = folded.text.indexOf(term, at + term.length)) {
      found.push([folded.places[at], folded.places[at + term.length - 1] + 1]);
    }
  }
  found.sort((one, other) => one[0] - other[0]);
  const marks = [];
  for (const [start, end] of found) {
    const last = marks.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else marks.push([start, end]);
  }
  return marks;
}

// Three Latin letters or digits as the pair that stands for them; empty for anything else.
function triple(text) {
  return LATIN.test(text) ? TRIPLE + String.fromCharCode(parseInt(text, 36)) : "";
}

// Of each place the pair there; where three letters are known together, nothing is asked for the two.
function pairsOf(term) {
  const triples = Array.from({ length: term.length - 1 }, (_, at) => triple(term.slice(at, at + 3)));
  return triples.map((one, at) => one || (triples[at - 1] ? "" : term.slice(at, at + 2))).filter(Boolean);
}

// Some of a term's pairs, spread over it.
function choosePairs(term, most) {
  const pairs = pairsOf(term);
  const count = Math.min(most, pairs.length);
  const step = count > 1 ? (pairs.length - 1) / (count - 1) : 0;
  return [...new Set(Array.from({ length: count }, (_, number) => pairs[Math.round(number * step)]))];
}

class Bytes {
  constructor(buffer) {
    this.data = new Uint8Array(buffer);
    this.at = 0;
  }

  get left() {
    return this.at < this.data.length;
  }

  byte() {
    if (!this.left) throw new RangeError("the piece ends too early");
    this.at += 1;
    return this.data[this.at - 1];
  }

  unit() {
    return this.byte() | (this.byte() << 8);
  }

  number() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }

  list(total) {
    const head = this.number();
    const documents = [];
    if (head & 1) {
      for (let start = 0; start < total; start += 8) {
        const byte = this.byte();
        for (let bit = 0; bit < 8; bit += 1) if (byte & (1 << bit)) documents.push(start + bit);
      }
    } else {
      for (let count = head >> 1, last = -1; count; count -= 1) documents.push((last += this.number()));
    }
    return documents;
  }
}

class Segment {
  constructor(address, facts, names) {
    Object.assign(this, facts);
    this.address = `${address}${facts.folder}/`;
    this.namesInFile = names;
    this.kept = new Map();
  }

  // What never changes is asked for once; what failed may be asked for again.
  piece(name) {
    if (!this.kept.has(name)) {
      const answer = load(this.address + name, "default");
      this.kept.set(name, answer);
      answer.catch(() => this.kept.delete(name));
    }
    return this.kept.get(name);
  }

  async head() {
    const bytes = new Bytes(await this.piece("head.bin"));
    const found = [];
    for (let day = 0; found.length < this.documents; ) {
      const facts = bytes.number();
      day += bytes.number();
      const type = this.types[facts % this.types.length];
      found.push({ type, department: this.departments[Math.floor(facts / this.types.length)], day });
    }
    return found;
  }

  async lists(pair) {
    const [first, second] = [pair.charCodeAt(0), pair.charCodeAt(1)];
    const bits = Math.log2(this.buckets);
    const bucket = Math.imul(first * 31 + second, GOLDEN) >>> (32 - bits);
    const bytes = new Bytes(await this.piece(`${bucket.toString(16)}.bin`));
    while (bytes.left) {
      const isFound = [bytes.unit() === first, bytes.unit() === second].every(Boolean);
      const [anywhere, titled] = [bytes.list(this.documents), bytes.list(this.documents)];
      if (isFound) return { anywhere, titled };
    }
    return { anywhere: [], titled: [] };
  }

  async name(number) {
    const file = await this.piece(`names-${Math.floor(number / this.namesInFile)}.json`);
    return JSON.parse(new TextDecoder().decode(file)).ids[number % this.namesInFile];
  }

  // Those that have every pair of every term anywhere, and of each whether all of a term's pairs are in its title.
  async candidates(chosen) {
    const lists = await Promise.all(chosen.map((pairs) => Promise.all(pairs.map((pair) => this.lists(pair)))));
    const everywhere = intersect(lists.flat().map((one) => one.anywhere));
    const titled = lists.map((term) => new Set(intersect(term.map((one) => one.titled))));
    const gone = new Set(this.gone);
    return everywhere
      .filter((number) => !gone.has(number))
      .map((number) => ({ segment: this, number, titled: titled.filter((one) => one.has(number)).length }));
  }
}

function intersect(lists) {
  const [shortest, ...others] = [...lists].sort((one, other) => one.length - other.length);
  const sets = others.map((one) => new Set(one));
  return shortest.filter((number) => sets.every((one) => one.has(number)));
}

async function load(address, cache) {
  const answer = await fetch(address, { cache });
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.arrayBuffer();
}

export class Index {
  constructor(address) {
    this.address = address;
    this.segments = null;
  }

  async open() {
    const entry = JSON.parse(new TextDecoder().decode(await load(`${this.address}entry.json`, "no-cache")));
    const known = new Map((this.segments ?? []).map((one) => [one.folder, one]));
    // A segment that stays keeps its pieces; which of its releases are gone is told anew.
    this.segments = entry.segments.map((facts) =>
      Object.assign(known.get(facts.folder) ?? new Segment(this.address, facts, entry.names), { gone: facts.gone }),
    );
  }

  // Releases that may have all terms, best first. Of a term of two characters it is certain; of a longer one whoever
  // reads the release must see. `filters` may have type, department, and from and to as days since 2000.
  async search(terms, filters) {
    const long = terms.filter((one) => one.length > 1);
    const chosen = long.map((one) => choosePairs(one, Math.max(1, Math.floor(PAIRS / long.length))));
    try {
      if (!this.segments) await this.open();
      return await this.#find(chosen, filters);
    } catch {
      // The index may have been renewed under a page that has been open for long.
      await this.open();
      return this.#find(chosen, filters);
    }
  }

  async #find(chosen, filters) {
    const found = await Promise.all(
      this.segments.map(async (segment, age) => {
        const [candidates, head] = await Promise.all([segment.candidates(chosen), segment.head()]);
        return candidates.map((one) => ({ ...one, ...head[one.number], age }));
      }),
    );
    return found
      .flat()
      .filter((one) => !filters.type || one.type === filters.type)
      .filter((one) => !filters.department || one.department === filters.department)
      .filter((one) => (filters.from ?? -Infinity) <= one.day && one.day <= (filters.to ?? Infinity))
      .sort(
        (one, other) =>
          other.titled - one.titled || other.day - one.day || other.age - one.age || other.number - one.number,
      );
  }
}
