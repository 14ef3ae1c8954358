/** Starts the long form of the daemon's suites; what they find goes to `jsonFile`. */
import { spawn } from "node:child_process";

export function runDaemonLong(projectRoot: string, jsonFile: string | undefined, toolStdout: 1 | 2): Promise<boolean> {
  const args = ["--disable-warning=ExperimentalWarning", "scripts/daemon-long.ts"];
  if (jsonFile !== undefined) args.push("--json", jsonFile);
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: projectRoot, stdio: ["ignore", toolStdout, 2] });
    child.on("error", reject);
    child.on("close", (code) => resolve(code === 0));
  });
}
