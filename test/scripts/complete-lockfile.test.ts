import { expect, test } from "vitest";
import { missingEntries, platformOf } from "../../scripts/complete-lockfile.ts";

test.each([
  ["@esbuild/darwin-arm64", { os: ["darwin"], cpu: ["arm64"] }],
  ["@biomejs/cli-linux-x64-musl", { os: ["linux"], cpu: ["x64"], libc: ["musl"] }],
  ["@rolldown/binding-linux-arm64-gnu", { os: ["linux"], cpu: ["arm64"], libc: ["glibc"] }],
  ["@nomicfoundation/edr-win32-x64-msvc", { os: ["win32"], cpu: ["x64"] }],
  ["lightningcss-linux-arm-gnueabihf", { os: ["linux"], cpu: ["arm"], libc: ["glibc"] }],
  ["left-pad", undefined],
])("%s", (name, platform) => {
  expect(platformOf(name)).toEqual(platform);
});

test("adds what a package's optional dependencies lack, as npm would place it", () => {
  const lock = {
    packages: {
      "": {},
      "node_modules/tool": {
        optionalDependencies: { "tool-linux-x64": "1.2.3", "tool-darwin-arm64": "1.2.3" },
        dev: true,
      },
      "node_modules/tool-linux-x64": { version: "1.2.3" },
    },
  };
  expect(missingEntries(lock)).toEqual({
    entries: {
      "node_modules/tool-darwin-arm64": { version: "1.2.3", os: ["darwin"], cpu: ["arm64"], dev: true, optional: true },
    },
    unknown: [],
  });
});

test("an entry beside the package that wants it counts as present", () => {
  const lock = {
    packages: {
      "node_modules/a/node_modules/tool": { optionalDependencies: { "tool-darwin-x64": "1.0.0" } },
      "node_modules/a/node_modules/tool-darwin-x64": { version: "1.0.0" },
    },
  };
  expect(missingEntries(lock)).toEqual({ entries: {}, unknown: [] });
});

test("a range or a name without a platform is reported, not guessed", () => {
  const lock = {
    packages: { "node_modules/a": { optionalDependencies: { "b-linux-x64": "^1.0.0", plain: "1.0.0" } } },
  };
  const { entries, unknown } = missingEntries(lock);
  expect(entries).toEqual({});
  expect(unknown).toHaveLength(2);
});
