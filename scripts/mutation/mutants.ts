/** Mutants of one source file: every small change of its code that could weaken a check, as edits of the text. */

export interface Mutant {
  readonly file: string;
  readonly line: number;
  /** The line before the change, trimmed. */
  readonly source: string;
  /** What is done to it. */
  readonly change: string;
  /** The whole file, changed. */
  readonly text: string;
}

interface Edit {
  readonly from: number;
  readonly to: number;
  readonly by: string;
  readonly change: string;
}

/** Identity of a mutant that survives edits elsewhere in the file. */
export const mutantKey = ({ file, source, change }: Pick<Mutant, "file" | "source" | "change">): string =>
  `${file} | ${source} | ${change}`;

export function mutantsOf(file: string, text: string): Mutant[] {
  const code = blanked(text);
  const edits = [...replacements(code), ...conditions(code), ...statements(code), ...elements(code)];
  const seen = new Set<string>();
  return edits
    .sort((a, b) => a.from - b.from || a.to - b.to)
    .map(({ from, to, by, change }) => {
      const start = text.lastIndexOf("\n", from - 1) + 1;
      const end = text.indexOf("\n", from);
      return {
        file,
        line: text.slice(0, from).split("\n").length,
        source: text.slice(start, end < 0 ? undefined : end).trim(),
        change: `${change} at column ${from - start + 1 - (/^\s*/.exec(text.slice(start)) as RegExpExecArray)[0].length}`,
        text: text.slice(0, from) + by + text.slice(to),
      };
    })
    .filter((mutant) => mutant.text !== text && !seen.has(mutant.text) && seen.add(mutant.text));
}

/** `text` with everything that is no code for a verifier blanked: comments, strings, imports, types, texts of errors. */
function blanked(text: string): string {
  const blank = (match: string): string => match.replace(/[^\n]/g, " ");
  return text
    .replace(/\/\*[\s\S]*?\*\//g, blank)
    .replace(/\/\/.*$/gm, blank)
    .replace(/`(?:[^`\\]|\\.)*`/g, blank)
    .replace(/"(?:[^"\\\n]|\\.)*"/g, blank)
    .replace(/^import [\s\S]*?;$/gm, blank)
    .replace(/^(?:export )?(?:interface|type) [\s\S]*?(?:^}|;$)/gm, blank)
    .replace(/^\s*(?:expected|got|remedy|cause)\b.*$/gm, blank)
    .replace(/<(?:readonly )?[A-Za-z][\w[\], ]*>(?=\()/g, blank);
}

/** Token for token. A type position holds none of these between spaces. */
const REPLACEMENTS: readonly (readonly [RegExp, string, string])[] = [
  [/\badd(?=\()/g, "sub", "add to sub"],
  [/\bsub(?=\()/g, "add", "sub to add"],
  [/\bmul(?=\()/g, "add", "mul to add"],
  [/(?<= )===(?= )/g, "!==", "=== inverted"],
  [/(?<= )!==(?= )/g, "===", "!== inverted"],
  [/(?<= )<(?= )/g, "<=", "< to <="],
  [/(?<= )<=(?= )/g, "<", "<= to <"],
  [/(?<= )>(?= )/g, ">=", "> to >="],
  [/(?<= )>=(?= )/g, ">", ">= to >"],
  [/(?<= )&&(?= )/g, "||", "&& to ||"],
  [/(?<= )\|\|(?= )/g, "&&", "|| to &&"],
  [/(?<= )\+(?= )/g, "-", "+ to -"],
  [/(?<= )-(?= )/g, "+", "- to +"],
  [/(?<= )\*(?= )/g, "+", "* to +"],
  [/(?<= )\*\*(?= )/g, "*", "** to *"],
  [/(?<= )%(?= )/g, "*", "% to *"],
  [/(?<= ) ?[+-] 1n?\b/g, "", "off by one"],
  [/(?<= )\^(?= )/g, "+", "^ to +"],
  [/(?<= )\?\?(?= )/g, "&&", "?? to &&"],
  [/(?<![\w.])0n\b/g, "1n", "0n to 1n"],
  [/(?<![\w.])1n\b/g, "2n", "1n to 2n"],
  [/(?<![\w.])1n\b/g, "0n", "1n to 0n"],
  [/(?<![\w.])0(?![\w.])/g, "1", "0 to 1"],
  [/(?<![\w.])1(?![\w.])/g, "0", "1 to 0"],
  [/(?<![\w.])2(?![\w.])/g, "3", "2 to 3"],
  [/(?<![\w.])32(?![\w.])/g, "31", "32 to 31"],
  [/(?<=[(! ])!(?=[\w(])/g, "", "not removed"],
  [/\+\+/g, "--", "++ to --"],
];

function replacements(code: string): Edit[] {
  return REPLACEMENTS.flatMap(([pattern, by, change]) =>
    [...code.matchAll(pattern)].map((match) => ({
      from: match.index,
      to: match.index + match[0].length,
      by,
      change,
    })),
  );
}

/** Index behind the bracket that closes the one at `open`. */
function closing(code: string, open: number): number {
  let depth = 0;
  for (let i = open; i < code.length; i++) {
    if ("([{".includes(code[i])) depth++;
    if (")]}".includes(code[i]) && --depth === 0) return i + 1;
  }
  return code.length;
}

/** Conditions of `if`, and of `?`, forced both ways. */
function conditions(code: string): Edit[] {
  return [...code.matchAll(/\bif \(/g)].flatMap((match) => {
    const from = match.index + 3;
    const to = closing(code, from);
    return [
      { from, to, by: "(true)", change: "condition always true" },
      { from, to, by: "(false)", change: "condition always false" },
    ];
  });
}

/** Statements left out: calls, assignments, throws. */
function statements(code: string): Edit[] {
  const starts = /(?<=^\s*(?:if \(.*\) |else )?)(?:throw new [\w]+|[\w.]+(?:\[[^\]]*\])? [-+]?= |[\w.]+(?=\())/gm;
  return [...code.matchAll(starts)].flatMap((match) => {
    if (/^(?:if|for|while|return|function|const|let|switch)$/.test(match[0].trim())) return [];
    const end = endOfStatement(code, match.index);
    return end === undefined ? [] : [{ from: match.index, to: end, by: ";", change: "statement removed" }];
  });
}

function endOfStatement(code: string, from: number): number | undefined {
  for (let i = from; i < code.length; i++) {
    if ("([{".includes(code[i])) i = closing(code, i) - 1;
    else if (code[i] === ";") return i + 1;
    else if (")]},".includes(code[i])) return undefined;
  }
  return undefined;
}

/** Elements of a list that stand on a line of their own left out. */
function elements(code: string): Edit[] {
  return [...code.matchAll(/^ +(?:\.\.\.)?[\w.]+\(.*\),$/gm)].map((match) => ({
    from: match.index,
    to: match.index + match[0].length,
    by: "",
    change: "element removed",
  }));
}
