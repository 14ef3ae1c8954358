export const INDENT = "    ";

/** Lines indented by the braces they open. */
export function indented(lines: readonly string[], depth: number): string {
  let level = depth;
  return lines
    .map((line) => {
      if (line.startsWith("}")) level--;
      const text = line === "" ? "" : `${INDENT.repeat(level)}${line}`;
      if (line.endsWith("{")) level++;
      return text;
    })
    .join("\n");
}
