// What a script for k6 finds where k6 is not: its modules "k6/http" and "k6", by curl, in Node.
//
// A script runs here against a real server. What is told by that is that its own logic is right;
// nothing of k6 itself.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

globalThis.__ENV = process.env;

const folder = mkdtempSync(join(tmpdir(), "k6-"));
process.on("exit", () => rmSync(folder, { recursive: true }));
const [jar, head, page] = ["jar", "head", "page"].map((name) => join(folder, name));

// k6 begins every visit without cookies.
export function forget() {
  rmSync(jar, { force: true });
}

function request(method, url, body, { headers }) {
  const sent = typeof body === "object" && body !== null ? new URLSearchParams(body).toString() : body;
  const options = ["-sSL", "-b", jar, "-c", jar, "-D", head, "-o", page, "-w", "%{http_code} %{url_effective}"];
  for (const [name, value] of Object.entries(headers)) options.push("-H", `${name}: ${value}`);
  if (method === "POST") options.push("--data-binary", "@-");
  const done = spawnSync("curl", [...options, url], { input: sent ?? "", encoding: "utf-8" });
  if (done.status !== 0) throw new Error(done.stderr);
  const [status, address] = done.stdout.split(" ");
  const text = readFileSync(page, "utf-8");
  return { status: Number(status), url: address, body: text, headers: last(), json: () => JSON.parse(text) };
}

// The headers after redirects, named as k6 names them.
function last() {
  const [block] = readFileSync(head, "latin1").trimEnd().split("\r\n\r\n").slice(-1);
  const pairs = block.split("\r\n").slice(1).map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]);
  const canonical = (name) => name.toLowerCase().replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());
  return Object.fromEntries(pairs.map(([name, value]) => [canonical(name), value]));
}

export default { request };

export function check(answer, claims) {
  for (const [name, holds] of Object.entries(claims)) console.log(holds(answer) ? "ok" : "FAILED", name);
}

// Nobody in a test thinks.
export function sleep() {}
