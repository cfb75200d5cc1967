// Writes tables.bin: what the reference's libraries know of each code point, asked of the reference itself, since each of them has a Unicode version of its own.
// node make-tables.cjs FOLDER_WITH_node_modules FOLDER_OF_tokenizers_SOURCE   (npm @anush008/tokenizers 0.6.0 is tokenizers 0.22.2)
const fs = require("fs"), path = require("path");
const { Tokenizer } = require(path.join(process.argv[2], "node_modules/@anush008/tokenizers"));
const scriptsSource = path.join(process.argv[3], "tokenizers/src/pre_tokenizers/unicode_scripts/scripts.rs");

const all = [];
for (let c = 0; c < 0x110000; c++) if (c < 0xd800 || c > 0xdfff) all.push(c);
const str = (...c) => String.fromCodePoint(...c);
const words = { type: "WordLevel", vocab: { "?": 0 }, unk_token: "?" };
const single = { type: "Split", pattern: { Regex: "(?m:.)" }, behavior: "Isolated", invert: false };
const sequence = (...pretokenizers) => ({ type: "Sequence", pretokenizers });
const removed = regex => ({ type: "Split", pattern: { Regex: regex }, behavior: "Removed", invert: false });

function tokenizer(parts) {
    return Tokenizer.fromString(JSON.stringify({
        version: "1.0", truncation: null, padding: null, added_tokens: [], normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null,
        model: words, ...parts,
    }));
}

const encode = (t, text) => t.encode(text, null, { addSpecialTokens: false });

// The code points for which a template of characters leaves no token (present: false) or has one (present: true) of exactly one character at a place.
async function select(t, template, place, present, length = 1) {
    const found = [];
    for (let i = 0; i < all.length; i += 2048) {
        const part = all.slice(i, i + 2048), width = template(0x41).length;
        const e = await encode(t, part.map(c => str(...template(c))).join(""));
        const places = new Set(e.getOffsets().filter(o => o[1] - o[0] === length).map(o => o[0]));
        part.forEach((c, k) => { if (places.has(k * width + place) === present) found.push(c); });
    }
    return found;
}

const bytes = [];
const number = n => { for (; n > 127; n = Math.floor(n / 128)) bytes.push((n & 127) | 128); bytes.push(n); };
const signed = n => number(n < 0 ? -2 * n - 1 : 2 * n);

function writeSet(points) {
    const ranges = [];
    for (const c of points) {
        const last = ranges[ranges.length - 1];
        if (last && last[1] === c) last[1]++; else ranges.push([c, c + 1]);
    }
    number(ranges.length);
    let at = 0;
    for (const [start, end] of ranges) { number(start - at); number(end - start); at = end; }
}

function writeMap(entries) {
    number(entries.length);
    let at = 0;
    for (const [c, targets] of entries) {
        number(c - at); number(targets.length);
        for (const t of targets) signed(t - c);
        at = c;
    }
}

// A character map with two rules, "x" and "©" to "y": shows which characters a grapheme cluster takes in.
function probeMap() {
    const units = new Uint32Array(1100);
    const unit = (at, label, leaf, to) => { units[at] = (((at ^ to) << 10) | (leaf ? 256 : 0) | label) >>> 0; };
    units[0] = 256 << 10;
    unit(256 ^ 0x78, 0x78, true, 600);
    unit(256 ^ 0xc2, 0xc2, false, 768);
    unit(768 ^ 0xa9, 0xa9, true, 1000);
    const head = Buffer.alloc(4);
    head.writeUInt32LE(units.byteLength);
    return Buffer.concat([head, Buffer.from(units.buffer), Buffer.from("y\0")]).toString("base64");
}

(async () => {
    const plain = c => [c];
    const survivors = async (parts) => select(tokenizer({ pre_tokenizer: single, ...parts }), plain, 0, false);
    const byRegex = async regex => select(tokenizer({ pre_tokenizer: sequence(removed(regex), single) }), plain, 0, false);

    // Sets, in the order of UnicodeSet.
    const whitespace = await select(tokenizer({ pre_tokenizer: sequence({ type: "WhitespaceSplit" }, single) }), plain, 0, false);
    const bert = clean => ({ normalizer: { type: "BertNormalizer", clean_text: clean, handle_chinese_chars: false, strip_accents: !clean, lowercase: false } });
    const precompiled = { normalizer: { type: "Precompiled", precompiled_charsmap: probeMap() }, pre_tokenizer: single };
    const joins = await select(tokenizer(precompiled), c => [0x78, c, 10], 1, false);
    const joinSet = new Set(joins);
    const sets = [
        whitespace,
        await select(tokenizer({ pre_tokenizer: { type: "Whitespace" } }), c => [0x78, c, 32], 0, true, 2),
        await select(tokenizer({ pre_tokenizer: sequence({ type: "Punctuation", behavior: "Removed" }, single) }), plain, 0, false),
        await select(tokenizer({ pre_tokenizer: { type: "Digits", individual_digits: true } }), c => [0x78, c], 1, true),
        await survivors(bert(true)),
        // Between others, since marks in a row are sorted.
        await select(tokenizer({ pre_tokenizer: single, ...bert(false) }), c => [0x78, c], 1, false),
        await survivors({ normalizer: { type: "StripAccents" } }),
        joins,
        (await select(tokenizer(precompiled), c => [0xa9, 0x200d, c, 10], 1, true)).filter(c => !joinSet.has(c)),
    ];
    const categories = "Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp Cc Cf Co Cn".split(" ");
    for (const category of categories) sets.push(await byRegex(`\\p{${category}}`));
    const named = ["\\w", "[[:alpha:]]", "[[:upper:]]", "[[:lower:]]", "[[:punct:]]", "[[:graph:]]", "[[:print:]]", "[[:cntrl:]]", "[[:alnum:]]"];
    for (const regex of named) sets.push(await byRegex(regex));
    const scriptNames = ("Han Hiragana Katakana Hangul Latin Greek Cyrillic Arabic Hebrew Thai Lao Khmer Myanmar Devanagari Bengali Tamil Telugu Gujarati " +
        "Gurmukhi Kannada Malayalam Tibetan Georgian Armenian Ethiopic Common Inherited Sinhala Oriya Mongolian Bopomofo Yi Cherokee Syriac Thaana " +
        "Emoji Emoji_Presentation Extended_Pictographic Ideographic").split(" ");
    for (const script of scriptNames) sets.push(await byRegex(`\\p{${script}}`));
    number(sets.length);
    sets.forEach(writeSet);
    console.error("sets", sets.map(s => s.length).join(" "));

    // Maps: lower case, canonical and compatible decomposition (where it differs), case folding.
    const vocab = {};
    all.forEach((c, i) => { vocab[str(c)] = i; });
    const model = { type: "BPE", dropout: null, unk_token: null, continuing_subword_prefix: null, end_of_word_suffix: null, fuse_unk: false, byte_fallback: false, vocab, merges: [] };
    const mapped = async normalizer => {
        const t = tokenizer({ normalizer, pre_tokenizer: single, model }), out = new Map();
        for (let i = 0; i < all.length; i += 2048) {
            const part = all.slice(i, i + 2048);
            // No other code point becomes one of these two: U+FF5C becomes "|".
            const between = part.includes(0xe000) ? "|" : "\ue000";
            const tokens = (await encode(t, part.map(c => between + str(c)).join(""))).getTokens().join("").split(between);
            part.forEach((c, k) => { if (tokens[k + 1] !== str(c)) out.set(c, [...tokens[k + 1]].map(x => x.codePointAt(0))); });
        }
        return out;
    };
    const lower = await mapped({ type: "Lowercase" });
    const entries = map => [...map].sort((a, b) => a[0] - b[0]);
    const nfd = await mapped({ type: "NFD" }), nfkd = await mapped({ type: "NFKD" }), nfc = await mapped({ type: "NFC" });
    const hangul = c => c >= 0xac00 && c <= 0xd7a3;
    writeMap(entries(lower));
    writeMap(entries(nfd).filter(([c]) => !hangul(c)));
    writeMap(entries(nfkd).filter(([c, t]) => !hangul(c) && str(...t) !== str(...(nfd.get(c) || []))));
    const fold = new Map();
    for (const c of all) {
        const f = [...[...str(c).toUpperCase()].length === 1 ? str(c).toUpperCase().toLowerCase() : str(c).toLowerCase()];
        if (f.length === 1 && f[0].codePointAt(0) !== c) fold.set(c, [f[0].codePointAt(0)]);
    }
    writeMap(entries(fold));

    // Combining classes as ranks: of two marks the one of the lower class comes first.
    const order = tokenizer({ normalizer: { type: "NFD" }, model });
    const swaps = async (a, b) => (await encode(order, "|" + str(a, b))).getTokens().join("") === "|" + str(b, a);
    const marks = [];
    for (const c of all) if (!nfd.has(c) && (c === 0x345 || await swaps(0x345, c))) marks.push(c);
    const ranks = [];
    for (const c of marks) {
        let low = 0, high = ranks.length, found = -1;
        while (low < high && found < 0) {
            const middle = (low + high) >> 1, other = ranks[middle][0];
            if (await swaps(other, c)) high = middle; else if (await swaps(c, other)) low = middle + 1; else found = middle;
        }
        if (found >= 0) ranks[found].push(c); else ranks.splice(low, 0, [c]);
    }
    number(ranks.length);
    ranks.forEach(rank => writeSet(rank.sort((a, b) => a - b)));

    // Compositions: first, second, result.
    const composed = [];
    for (const [c, parts] of nfd) {
        if (hangul(c) || nfc.has(c) || parts.length < 2) continue;
        const head = [...str(...parts.slice(0, -1)).normalize("NFC")];
        if (head.length === 1) composed.push([c, [head[0].codePointAt(0), parts[parts.length - 1]]]);
    }
    writeMap(composed.sort((a, b) => a[0] - b[0]));

    // Scripts as the reference's own table names them.
    const names = [], ranges = [];
    for (const line of fs.readFileSync(scriptsSource, "utf8").split("\n")) {
        const m = /^\s+0x([0-9A-F]+)(?:\.\.=0x([0-9A-F]+))? => Script::(\w+),/.exec(line);
        if (!m) continue;
        if (!names.includes(m[3])) names.push(m[3]);
        ranges.push([parseInt(m[1], 16), parseInt(m[2] || m[1], 16), names.indexOf(m[3])]);
    }
    ranges.sort((a, b) => a[0] - b[0]);
    number(names.length);
    for (const name of names) { number(name.length); for (const c of Buffer.from(name)) bytes.push(c); }
    number(ranges.length);
    let at = 0;
    for (const [start, end, name] of ranges) { number(start - at); number(end - start); number(name); at = start; }
    console.error("lower", lower.size, "nfd", nfd.size, "nfkd", nfkd.size, "fold", fold.size, "ranks", ranks.length, "marks", marks.length, "composed", composed.length, "scripts", names.length);
    fs.writeFileSync(path.join(__dirname, "tables.bin"), require("zlib").deflateRawSync(Buffer.from(bytes), { level: 9 }));
})();
