/** Mutants of a generated verifier: every check removed and inverted, every statement left out, as edits of the Solidity source. */

export interface ContractMutant {
  readonly line: number;
  /** The line before the change, trimmed. */
  readonly source: string;
  readonly change: string;
  /** The whole contract, changed. */
  readonly text: string;
  /** A check, as opposed to a step of the computation. */
  readonly isCheck: boolean;
}

type Change = readonly [change: string, line: string, isCheck: boolean];

export function contractMutants(source: string): ContractMutant[] {
  const lines = source.split("\n");
  return lines.flatMap((line, index) =>
    changesOf(line).map(([change, changed, isCheck]) => ({
      line: index + 1,
      source: line.trim(),
      change,
      text: lines.with(index, changed).join("\n"),
      isCheck,
    })),
  );
}

function changesOf(line: string): Change[] {
  const code = line.replace(/\/\/.*$/, "");
  return [...conditions(code), ...comparisons(code), ...challenges(code), ...statements(code), ...lengths(code)];
}

/** `if C { fail(..) }` and `if (C) ..;`, and branches that do something else. */
function conditions(line: string): Change[] {
  const nested = /^(\s*)if (.+) \{ (if .+ \{ fail\(.*\}) \}$/.exec(line);
  if (nested) {
    const [, indent, condition, inner] = nested;
    const within = conditions(inner).map(
      ([change, changed]): Change => [change, `${indent}if ${condition} { ${changed} }`, true],
    );
    return [...within, ["branch always taken", `${indent}if 1 { ${inner} }`, true]];
  }
  const assembly = /^(\s*)if (.+) \{ (fail\(.*)$/.exec(line);
  if (assembly) {
    const [, indent, condition, rest] = assembly;
    const call = /^iszero\((staticcall\(.*\))\)$/.exec(condition)?.[1];
    return [
      ["check removed", indent, true],
      ["check inverted", `${indent}if iszero(${condition}) { ${rest}`, true],
      ...(call === undefined ? [] : ([["result ignored", `${indent}pop(${call})`, true]] as const)),
    ];
  }
  const branch = /^(\s*)if ([^(].*?) \{(.*)$/.exec(line);
  if (branch) {
    const [, indent, , rest] = branch;
    return [
      ["branch always taken", `${indent}if 1 {${rest}`, true],
      ["branch never taken", `${indent}if 0 {${rest}`, true],
    ];
  }
  const solidity = /^(\s*)if \((.+)\) ([^)]+;|revert .*)$/.exec(line);
  if (!solidity)
    return /^\s*revert\(/.test(line) ? [["revert removed", "", true]] : replaced(line, /&&/g, "||", "&& to ||");
  const [, indent, condition, rest] = solidity;
  return [
    ["check removed", indent, true],
    ["check inverted", `${indent}if (!(${condition})) ${rest}`, true],
    ...replaced(line, /&&/g, "||", "&& to ||"),
  ];
}

function replaced(line: string, pattern: RegExp, by: string, change: string, isCheck = true): Change[] {
  return [...line.matchAll(pattern)].map(({ index, 0: found }, k, all) => [
    all.length === 1 ? change : `${change}, place ${k + 1}`,
    line.slice(0, index) + by + line.slice(index + found.length),
    isCheck,
  ]);
}

function comparisons(line: string): Change[] {
  return [
    ...replaced(line, /\blt\((?:mload\((?:add\(\w+, \w+\)|\w+)\)|\w+), r\)/g, "1", "comparison with r removed"),
    ...replaced(line, /\blt(?=\()/g, "gt", "lt to gt"),
    ...replaced(line, /\bgt(?=\()/g, "lt", "gt to lt"),
    ...replaced(line, /\beq(?=\()/g, "sub", "eq inverted"),
    ...(/^\s*if /.test(line) ? [] : replaced(line, /(?<= )==(?= )/g, "!=", "== to !=")),
    ...replaced(line, /(?<= )<(?= )/g, "<=", "< to <="),
    ...(line.includes("canonical") ? replaced(line, /\band(?=\()/g, "or", "and to or") : []),
  ];
}

function challenges(line: string): Change[] {
  return ["state", "next"].flatMap((state) =>
    replaced(line, new RegExp(`and\\(${state}, CHALLENGE_MASK\\)`, "g"), state, "challenge not masked"),
  );
}

/** Bare calls and assignments, in assembly and in Solidity. */
const STATEMENT =
  /^\s*(?:(?!revert|return)\w+\(.*\);?|return\(.*\)|[\w, ]+ := .*|[\w[\]+* ]+ = .*;|\+\+\w+;|continue|break)$/;

function statements(line: string): Change[] {
  if (/^\s*let \w+ := 0$/.test(line)) return [];
  if (/^\s*let \w+ := /.test(line)) return [["value zeroed", line.replace(/:= .*$/, ":= 0"), false]];
  if (/^\s*(?:let|u?int256(?:\[\])?|bytes32|bool) |\bconstant\b/.test(line)) return [];
  return STATEMENT.test(line) ? [["statement removed", "", false]] : [];
}

function lengths(line: string): Change[] {
  return /constant \w+_BYTES = /.test(line) ? [["length plus one", line.replace(";", " + 1;"), true]] : [];
}
